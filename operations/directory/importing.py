"""A file's rows on their way into the directory, in the order in which they refer to one another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from operations.directory.file import DirectoryFile, Fault, FileRow, spelt
from query_api.directory.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from query_api.directory.answers import DirectoryUpdate, Rejection
    from query_api.directory.kinds import Name

ROWS_AT_ONCE = 1_000
"""Few enough that the bar moves."""

_REFERS: dict[str, Name] = {"contentId": "content", "userId": "people", "teamId": "teams"}
_TARGETS: dict[str, Name] = {"person": "people", "team": "teams"}


class Calls(Protocol):
    """What is asked of the API."""

    def put(self, kind: Name, rows: Sequence[dict[str, Any]], *, dry_run: bool = False) -> DirectoryUpdate:
        """Store rows."""


@dataclass(slots=True)
class Outcome:
    """What became of the rows."""

    upserted: int = 0
    unchanged: int = 0
    removed: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """How many rows were not taken."""
        return len({fault.line for fault in self.faults})


@dataclass(slots=True)
class _Expected:
    """What a dry run has seen: what there would be, and what there would be no more."""

    there: set[tuple[Name, str]] = field(default_factory=set)
    gone: dict[tuple[Name, str], int] = field(default_factory=dict)

    def note(self, row: FileRow) -> None:
        if row.kind.name in _REFERS.values():
            entity = (row.kind.name, row.key[0])
            # A removed item is archived, and can still be referred to.
            if row.removes and row.kind.name != "content":
                self.gone[entity] = row.line
            elif not row.removes:
                self.there.add(entity)


def send(
    file: DirectoryFile, calls: Calls, *, dry_run: bool, advance: Callable[[int], object] = lambda _: None
) -> Outcome:
    """Send everything; `advance` hears of rows that have been judged."""
    outcome = Outcome(faults=list(file.faults))
    expected = _Expected()
    for name in KINDS:
        rows = file.rows[name]
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[start : start + ROWS_AT_ONCE]
            update = calls.put(name, [row.sent for row in part], dry_run=dry_run)
            _judge(part, update, outcome, expected if dry_run else None)
            advance(len(part))
    outcome.faults.sort(key=lambda fault: fault.line)
    return outcome


def _judge(
    rows: Sequence[FileRow], update: DirectoryUpdate, outcome: Outcome, expected: _Expected | None
) -> None:
    outcome.upserted += update.upserted
    outcome.unchanged += update.unchanged
    outcome.removed += update.removed
    rejected = update.rejected
    if expected is not None:
        # Each call of a dry run is taken back before the next, which may refer to its rows.
        rejected = [each for each in rejected if not _will_be_there(rows[each.index], each, expected)]
        outcome.upserted += len({each.index for each in update.rejected} - {each.index for each in rejected})
    outcome.faults += [Fault(rows[each.index].line, each.field, each.reason) for each in rejected]
    if expected is not None:
        refused = {each.index for each in update.rejected}
        taken = [row for index, row in enumerate(rows) if index not in refused]
        for row in taken:
            _expect(row, outcome, expected)


def _will_be_there(row: FileRow, rejection: Rejection, expected: _Expected) -> bool:
    return rejection.code == "unknown" and dict(_references(row)).get(rejection.field or "") in expected.there


def _expect(row: FileRow, outcome: Outcome, expected: _Expected) -> None:
    lost = (
        []
        if row.removes
        else [(name, entity) for name, entity in _references(row) if entity in expected.gone]
    )
    if lost:
        outcome.upserted -= 1
        outcome.faults += [
            Fault(row.line, name, f"is removed by line {expected.gone[entity]}") for name, entity in lost
        ]
    else:
        expected.note(row)


def _references(row: FileRow) -> Iterator[tuple[str, tuple[Name, str]]]:
    """Its fields that name another entity, and which."""
    for name, value in row.sent.items():
        kind = _TARGETS.get(row.sent.get("target", "")) if name == "targetId" else _REFERS.get(name)
        if kind is not None and kind != row.kind.name:
            yield name, (kind, spelt(value))
