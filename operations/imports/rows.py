"""The rows of a file with progress: which can be imported, and what is wrong with the others. Pure.

A row has a person (`userId`), an item (`contentId`), and when it was completed (`completedAt`) or how far the
person got (`progressPercentage`, on `lastViewedAt` where that is known); `watchTimeSeconds` is optional.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from msgspec import Struct

from playhead.progress.identifiers import NEVER, ContentId, HeartbeatId, Instant, TenantId, UserId
from playhead.progress.imports import ALL_OF_IT, MAX_IMPORTS
from playhead.progress.intervals import LIMIT
from query_api.directory.csv_text import (
    csv_problem,
    decode_text,
    delimiter_of,
    lines_of,
    named_columns,
    number_of,
)
from query_api.directory.rows import due_of

MAX_ROWS = 100_000
COLUMNS = ("userId", "contentId", "completedAt", "progressPercentage", "lastViewedAt", "watchTimeSeconds")
_REQUIRED = ("userId", "contentId")
_LAST_DAY = date(9998, 12, 31)
_NAMESPACE = UUID("6f1cfc1e-9a3d-5d0b-9f43-0a8f4f3c7e51")
"""Of the ids of rows; another one would import every row again."""


class RefusedRow(Struct, frozen=True, rename="camel"):
    """A line that is not imported."""

    line: int
    column: str | None
    """None if the whole row is wrong."""
    reason: str


class ProgressRow(Struct, frozen=True):
    """A row that can be imported."""

    line: int
    user: UserId
    content: ContentId
    at: Instant
    """0 where the row has no date."""
    percentage: float
    watch_ms: int
    id: HeartbeatId
    """Follows from the tenant and from what the row says, so that a row is imported once."""


@dataclass(slots=True)
class ProgressFile:
    """The rows of a file."""

    rows: list[ProgressRow] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    repeated: int = 0
    """Rows that say what an earlier one of the file says."""


class _RowError(Exception):
    def __init__(self, column: str | None, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


def read_rows(raw: bytes, tenant: TenantId, zone: ZoneInfo, now: datetime) -> ProgressFile:
    """Check the rows of a file; a date without a time is the end of that day in `zone`.

    Raises:
        Problem: the file as a whole cannot be read, lacks a column, or has too many rows.
    """
    text = decode_text(raw)
    delimiter = delimiter_of(text)
    lines = lines_of(text, delimiter)
    _, header = next(lines, (1, []))
    columns = named_columns(header, COLUMNS)
    missing = [name for name in _REQUIRED if name not in columns]
    if not missing and not {"completedAt", "progressPercentage"} & set(columns):
        missing = ["completedAt"]
    if missing:
        detail = f"line 1: the column {', '.join(missing)} is missing"
        raise csv_problem("missing-column", detail, missing)
    reader = _RowReader(tenant, zone, now, decimal_comma=delimiter != ",")
    for number, (line, cells) in enumerate(lines, 1):
        if number > MAX_ROWS:
            raise csv_problem("rows", f"line {line}: a file holds {MAX_ROWS:,} rows at most; split it")
        if len(cells) > len(columns):
            reason = f"has {len(cells)} cells, where the file has {len(columns)} columns"
            reader.file.refused.append(RefusedRow(line, None, reason))
            continue
        reader.add(line, {k: v.strip() for k, v in zip(columns, cells, strict=False) if v.strip()})
    return reader.file


class _RowReader:
    def __init__(self, tenant: TenantId, zone: ZoneInfo, now: datetime, *, decimal_comma: bool) -> None:
        self.file = ProgressFile()
        self._tenant = tenant
        self._zone = zone
        self._now = now
        self._decimal_comma = decimal_comma
        self._known: set[HeartbeatId] = set()
        self._of_item: Counter[tuple[UserId, ContentId]] = Counter()

    def add(self, line: int, cells: Mapping[str, str]) -> None:
        try:
            row = self._row(line, cells)
            if row.id in self._known:
                self.file.repeated += 1
                return
        except _RowError as error:
            self.file.refused.append(RefusedRow(line, error.column, error.reason))
            return
        self._of_item[row.user, row.content] += 1
        if self._of_item[row.user, row.content] > MAX_IMPORTS:
            reason = f"is one of more than {MAX_IMPORTS} rows of the person and the item"
            self.file.refused.append(RefusedRow(line, None, reason))
            return
        self._known.add(row.id)
        self.file.rows.append(row)

    def _row(self, line: int, cells: Mapping[str, str]) -> ProgressRow:
        user, content = _uuid("userId", cells), _uuid("contentId", cells)
        completed = "completedAt" in cells
        if not completed and "progressPercentage" not in cells:
            raise _RowError("completedAt", "is empty, and so is progressPercentage: one of them is needed")
        percentage = self._number("progressPercentage", cells, ALL_OF_IT)
        if completed and percentage is not None and percentage < ALL_OF_IT:
            raise _RowError("progressPercentage", "is below 100, though the row has completedAt")
        at = self._at("completedAt" if completed else "lastViewedAt", cells)
        share = ALL_OF_IT if completed or percentage is None else percentage
        watch_ms = round((self._number("watchTimeSeconds", cells, LIMIT / 1000) or 0) * 1000)
        stated = cells.get("completedAt") or cells.get("lastViewedAt") or ""
        dated = f"{at}" if "T" in stated.upper() or not stated else stated
        said = f"{self._tenant}:{user}:{content}:{dated}:{share:g}:{watch_ms}"
        return ProgressRow(
            line=line,
            user=UserId(user),
            content=ContentId(content),
            at=at,
            percentage=share,
            watch_ms=watch_ms,
            id=HeartbeatId(str(uuid5(_NAMESPACE, said))),
        )

    def _number(self, column: str, cells: Mapping[str, str], most: float) -> float | None:
        if column not in cells:
            return None
        number = number_of(cells[column], decimal_comma=self._decimal_comma)
        if number is None or not 0 <= number <= most:
            raise _RowError(column, f"is no number from 0 to {most:,.0f}")
        return float(number)

    def _at(self, column: str, cells: Mapping[str, str]) -> Instant:
        if column not in cells:
            return NEVER
        try:
            stated = due_of(cells[column])
        except ValueError as error:
            raise _RowError(column, "is neither a date nor RFC 3339 with an offset") from error
        today = self._now.astimezone(self._zone).date()
        if isinstance(stated, datetime):
            moment = stated
        elif stated == today:
            moment = self._now
        else:
            moment = _end_of(min(stated, _LAST_DAY), self._zone)
        at = round(moment.timestamp() * 1000)
        if moment > self._now:
            raise _RowError(column, "lies in the future")
        if at <= NEVER:
            raise _RowError(column, "lies before 1970")
        return Instant(at)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    after = datetime.combine(day + timedelta(days=1), time(), zone)
    return after.astimezone(UTC) - timedelta(milliseconds=1)


def _uuid(column: str, cells: Mapping[str, str]) -> str:
    try:
        return str(UUID(cells.get(column, "")))
    except ValueError as error:
        raise _RowError(column, "is no UUID") from error
