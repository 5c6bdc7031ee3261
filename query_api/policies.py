"""The policy of each item of a tenant: the installation's, with what the catalogue says of the item. Pure."""

from __future__ import annotations

from playhead.progress import ContentId, Policy
from playhead.progress.policy import Override


class Policies:
    """What applies to a tenant's items, as far as it is known; it is told of changes while it is in use."""

    __slots__ = ("_default", "_own")

    def __init__(self, default: Policy) -> None:
        self._default = default
        self._own: dict[ContentId, Policy] = {}

    def __len__(self) -> int:
        """Items that have a policy of their own."""
        return len(self._own)

    def of(self, content: ContentId) -> Policy:
        """The policy of one item."""
        return self._own.get(content, self._default)

    def learn(self, content: ContentId, override: Override | None) -> None:
        """Take what the catalogue says of an item; None where it says nothing, or no longer."""
        if override is None:
            self._own.pop(content, None)
        else:
            self._own[content] = self._default.under(override)
