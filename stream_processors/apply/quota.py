"""How many items a person may have, and whether they may begin one more. Pure."""

from __future__ import annotations

from msgspec import Struct

from playhead.policies import Policies
from playhead.progress import ContentId
from playhead.progress.identifiers import TenantId
from playhead.progress.refusal import Refusal


class Quota(Struct, frozen=True, gc=False):
    """The most items of one person."""

    unknown: int
    """Of which the catalogue has nothing."""
    all: int


LARGE = Quota(unknown=1_000_000_000, all=1_000_000_000)
"""As good as none."""


class ItemCount(Struct, frozen=True, gc=False):
    """The items that a person has."""

    all: int = 0
    unknown: int | None = 0
    """Of which the catalogue has nothing; None: not counted, so at most all of them."""

    @property
    def most_unknown(self) -> int:
        """As far as it was counted."""
        return self.all if self.unknown is None else self.unknown

    def plus(self, *, is_known: bool) -> ItemCount:
        """With one item more."""
        unknown = None if self.unknown is None else self.unknown + (not is_known)
        return ItemCount(self.all + 1, unknown)


def may_begin(count: ItemCount, quota: Quota, *, is_known: bool) -> Refusal | None:
    """Why a person with so many items may not begin another; None: they may. `is_known`: to the catalogue."""
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
    """What one person may still begin, as a run goes on."""

    __slots__ = ("_count", "_quota", "_rules", "_tenant")

    def __init__(self, person: str, count: ItemCount, quota: Quota, rules: Policies) -> None:
        self._count = count
        self._quota = quota
        self._rules = rules
        self._tenant = TenantId(person.partition(":")[0])

    def refusal(self, item: ContentId) -> Refusal | None:
        """Why they may not begin the item; None: they may."""
        return may_begin(self._count, self._quota, is_known=self._rules.is_known(self._tenant, item))

    def changed(self, item: ContentId, *, is_new: bool) -> None:
        """Count the item, if it is new."""
        if is_new:
            self._count = self._count.plus(is_known=self._rules.is_known(self._tenant, item))
