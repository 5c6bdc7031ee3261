"""The policies of items, as far as the catalogue was read. Pure."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from msgspec import Struct

from playhead.policies.organisation import merged
from playhead.progress import ContentId, Policy
from playhead.progress.identifiers import TenantId
from playhead.progress.policy import Override


class ItemPolicy(Struct, frozen=True, gc=False):
    """The policy of one item."""

    policy: Policy
    override: Override | None = None
    """What the organisation and the catalogue set of it."""
    own: Override | None = None
    """The catalogue's part of it."""


SHARED_POLICIES = 10_000
"""Distinct overrides whose items share one value; beyond it an item has its own, of some 150 bytes."""
ABSENT_ITEMS = 100_000
"""Of one tenant; anyone can invent items."""
SHARED_RESOLVERS = 1_000
"""Distinct policies of organisations whose items share their values."""


class PolicyResolver:
    """Applies overrides of items to the policy of their organisation; equal overrides give the same value."""

    def __init__(self, installation: Policy, organisation: Override | None = None) -> None:
        self.organisation = organisation
        self.default = ItemPolicy(installation.under(organisation), organisation)
        self.resolve = lru_cache(SHARED_POLICIES)(
            lambda own: ItemPolicy(installation.under(both := merged(organisation, own)), both, own)
        )


class PolicyResolvers:
    """A resolver for each distinct policy of an organisation."""

    def __init__(self, installation: Policy) -> None:
        self.installation = PolicyResolver(installation)
        self._made = lru_cache(SHARED_RESOLVERS)(
            lambda organisation: PolicyResolver(installation, organisation)
        )

    def of(self, organisation: Override | None) -> PolicyResolver:
        """The resolver of an organisation; None if it overrides nothing of the installation's policy."""
        return self.installation if organisation is None else self._made(organisation)


class TenantPolicies:
    """The policies of one tenant's items, updated in place while in use."""

    __slots__ = ("_absent", "_items", "_resolver", "_resolvers")

    def __init__(self, resolvers: PolicyResolvers) -> None:
        self._resolvers = resolvers
        self._resolver = resolvers.installation
        self._items: dict[ContentId, ItemPolicy] = {}
        self._absent: set[ContentId] = set()

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, content: ContentId) -> bool:
        return content in self._items

    def of(self, content: ContentId) -> ItemPolicy:
        """The policy of one item; the organisation's where the item is not held."""
        return self._items.get(content, self._resolver.default)

    def set_organisation(self, organisation: Override | None) -> None:
        """Set the organisation's part of the policy of all items, held or not."""
        if organisation == self._resolver.organisation:
            return
        self._resolver = self._resolvers.of(organisation)
        for content, before in self._items.items():  # replaces values only, so the dictionary may be walked
            self.hold(content, before.own)

    def hold(self, content: ContentId, own: Override | None) -> None:
        """Hold an item; `own` is None where the catalogue has the item and overrides nothing."""
        self._items[content] = self._resolver.default if own is None else self._resolver.resolve(own)
        self._absent.discard(content)

    def release(self, content: ContentId) -> None:
        """Hold the item no longer, if it is held."""
        self._items.pop(content, None)

    def note_absent(self, content: ContentId) -> None:
        """Note that the catalogue does not have the item. Beyond `ABSENT_ITEMS` all notes are dropped."""
        if len(self._absent) >= ABSENT_ITEMS:
            self._absent.clear()
        self._absent.add(content)

    def is_unresolved(self, content: ContentId) -> bool:
        """Whether it is not known if the catalogue has the item."""
        return content not in self._items and content not in self._absent


class Policies:
    """The policies of all tenants' items. Every heartbeat asks, so an answer is two look-ups."""

    __slots__ = ("_resolvers", "_tenants")

    def __init__(self, installation: Policy) -> None:
        self._resolvers = PolicyResolvers(installation)
        self._tenants: defaultdict[TenantId, TenantPolicies] = defaultdict(
            lambda: TenantPolicies(self._resolvers)
        )

    def __len__(self) -> int:
        """Items held, of all tenants."""
        return sum(map(len, self._tenants.values()))

    def of(self, tenant: TenantId, content: ContentId) -> ItemPolicy:
        """The policy of one item."""
        items = self._tenants.get(tenant)
        return self._resolvers.installation.default if items is None else items.of(content)

    def is_known(self, tenant: TenantId, content: ContentId) -> bool:
        """Whether the catalogue has the item."""
        items = self._tenants.get(tenant)
        return items is not None and content in items

    def set_organisation(self, tenant: TenantId, organisation: Override | None) -> None:
        """Set the organisation's part of the policy of all its items."""
        self._tenants[tenant].set_organisation(organisation)

    def hold(self, tenant: TenantId, content: ContentId, own: Override | None) -> None:
        """Hold an item of the catalogue; `own` is None where it overrides nothing."""
        self._tenants[tenant].hold(content, own)

    def note_absent(self, tenant: TenantId, content: ContentId) -> None:
        """Note that the catalogue does not have the item."""
        self._tenants[tenant].note_absent(content)

    def is_unresolved(self, tenant: TenantId, content: ContentId) -> bool:
        """Whether it is not known if the catalogue has the item."""
        items = self._tenants.get(tenant)
        return items is None or items.is_unresolved(content)
