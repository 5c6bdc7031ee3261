"""The rules that a batch is judged by: each item's policy, and how many items a person may have. Pure."""

from __future__ import annotations

from msgspec import Struct

from playhead.policies import Policies
from playhead.progress import ContentId
from playhead.progress.advance import Refusal
from playhead.progress.identifiers import TenantId


class Quota(Struct, frozen=True, gc=False):
    """The most items that one person may have."""

    unknown: int
    """Items that are not in the catalogue."""
    all: int


UNLIMITED = Quota(unknown=1_000_000_000, all=1_000_000_000)
"""More than anyone can have."""


class Rules(Struct, frozen=True, gc=False):
    """What a batch is judged by."""

    policies: Policies
    quota: Quota = UNLIMITED


class ItemCount(Struct, frozen=True, gc=False):
    """How many items a person has."""

    all: int = 0
    unknown: int | None = 0
    """Items that are not in the catalogue; None if they were not counted."""

    @property
    def most_unknown(self) -> int:
        """The number of unknown items, or its upper bound if they were not counted."""
        return self.all if self.unknown is None else self.unknown

    def plus(self, *, is_known: bool) -> ItemCount:
        """The count with one more item."""
        unknown = None if self.unknown is None else self.unknown + (not is_known)
        return ItemCount(self.all + 1, unknown)


def may_begin(count: ItemCount, quota: Quota, *, is_known: bool) -> Refusal | None:
    """Why a person with this many items may not begin another; None if they may.

    Args:
        count: Their items.
        quota: The limit.
        is_known: Whether the other item is in the catalogue.
    """
    if count.all >= quota.all:
        return Refusal(
            "quota", f"the person has {count.all:,} items, of {quota.all:,} that one person may have"
        )
    if not is_known and count.most_unknown >= quota.unknown:
        return Refusal(
            "quota",
            f"the person has {count.most_unknown:,} items that the catalogue does not have, "
            f"of {quota.unknown:,} that one person may have",
        )
    return None


class Allowance:
    """Which items a person may still begin, while a batch is decided."""

    __slots__ = ("_count", "_rules", "_tenant", "person")

    def __init__(self, person: str, count: ItemCount, rules: Rules) -> None:
        self.person = person
        self._count = count
        self._rules = rules
        self._tenant = TenantId(person.partition(":")[0])

    def refusal(self, item: ContentId) -> Refusal | None:
        """Why the person may not begin the item; None if they may."""
        is_known = self._rules.policies.is_known(self._tenant, item)
        return may_begin(self._count, self._rules.quota, is_known=is_known)

    def began(self, item: ContentId) -> None:
        """Count a new item."""
        self._count = self._count.plus(is_known=self._rules.policies.is_known(self._tenant, item))
