"""Which policy applies to each item: the installation's, unless the organisation or the item overrides it.

`organisation` merges the two overrides of an item, `item_policies` resolves overrides to policies and holds
those of a copy of the catalogue, `freshness` decides when such a copy is read again, and `override_text` is
the column in which a row of `user_progress` keeps the override that it was derived under. All are pure.
Begin with `item_policies`.

Two services keep copies and read them with their own connections: the processor one of the whole catalogue,
which it must have read once, and the query API one for each tenant that is asked for, never waited for long.
"""

from playhead.policies.freshness import Freshness
from playhead.policies.item_policies import ItemPolicy, Policies, PolicyResolvers, TenantPolicies

__all__ = ["Freshness", "ItemPolicy", "Policies", "PolicyResolvers", "TenantPolicies"]
