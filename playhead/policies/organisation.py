"""An organisation's part of the policy of its items. Pure."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import asdict

from playhead.progress.policy import Override, Policy


def merged(organisation: Override | None, item: Override | None) -> Override | None:
    """The override of an item within its organisation: the item's own values, else the organisation's.

    It is what states and rows record, so that those derived under an earlier one are found.
    """
    if organisation is None or item is None:
        return organisation if item is None else item
    own = {name: value for name, value in asdict(item).items() if value is not None}
    return Override(**(asdict(organisation) | own))


class PolicyLayers(Struct, frozen=True):
    """Where the policy of one item comes from; a later layer takes precedence."""

    installation: Policy
    organisation: Override | None = None
    item: Override | None = None

    @property
    def policy(self) -> Policy:
        """The policy of the item."""
        return self.installation.under(merged(self.organisation, self.item))
