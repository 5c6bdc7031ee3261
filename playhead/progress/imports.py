"""Progress that a person made elsewhere, as rows of an imported file state it.

Imports are kept as a set by the id of their row, which follows from what the row says. So it does not matter
in which order they arrive, nor how often the same file is imported. They belong to no session, and neither
the limit of a player's clock nor compaction applies to them.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from playhead.progress.identifiers import NEVER, HeartbeatId, Instant

ALL_OF_IT = 100.0
"""The percentage of a completed item."""
MAX_IMPORTS = 100
"""The latest imports that are kept of an item; a heartbeat with one more is refused."""


class ItemImport(Struct, frozen=True, gc=False, array_like=True):
    """One row of an imported file."""

    id: HeartbeatId
    at: Instant
    """The row's date; 0 if it has none."""
    percentage: float
    """100 if the row says that the item was completed."""
    watch_ms: int
    imported_at: Instant
    """When it was first imported."""
    completed: bool = False
    """Whether the percentage reached the threshold at some time since; a completion stays."""

    @property
    def instant(self) -> Instant:
        """When it counts: on the row's date, or else when it was imported."""
        return self.at or self.imported_at

    @property
    def order(self) -> tuple[int, str]:
        """The order in which imports are kept."""
        return (self.at, self.id)


Imports = tuple[ItemImport, ...]
"""In order, see `ItemImport.order`."""


def join_imports(one: Imports, other: Imports) -> Imports:
    """All imports of both; of more than `MAX_IMPORTS`, the latest."""
    if one == other or not other:
        return one
    by_id = {each.id: each for each in one}
    for each in other:
        known = by_id.get(each.id)
        by_id[each.id] = each if known is None else _join_import(known, each)
    return tuple(sorted(by_id.values(), key=lambda each: each.order)[-MAX_IMPORTS:])


def _join_import(one: ItemImport, other: ItemImport) -> ItemImport:
    earlier = one if one.imported_at <= other.imported_at else other
    return replace(earlier, completed=one.completed or other.completed)


def imports_between(imports: Imports, since: Instant, until: Instant | None) -> list[ItemImport]:
    """Those that count in [since, until)."""
    return [each for each in imports if each.instant >= since and (until is None or each.instant < until)]


def imported_watch_ms(imports: Imports) -> int:
    """The watch time of the imports. Rows of one date are one viewing, of which the longest counts."""
    longest: dict[Instant, int] = {}
    for each in imports:
        longest[each.at] = max(each.watch_ms, longest.get(each.at, NEVER))
    return sum(longest.values())
