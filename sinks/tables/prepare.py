"""What is stored in one transaction. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from playhead.progress.identifiers import DAY_MS
from playhead.progress.policy import Policy
from sinks.states.batch import Gathering, Stretch
from sinks.states.decode import Entry, PersonKey, Rejected
from sinks.states.latest import Collapsed, collapse
from sinks.tables.copy import progress_line, session_lines


@dataclass(frozen=True, slots=True)
class Lines:
    """Entries as the store takes them in."""

    entries: Sequence[Entry]
    policy: Policy
    progress: bytes
    sessions: list[str]
    """Of each entry, those that it touched."""
    written_ms: int | None
    """When the first of them was, by the log; None where it does not tell."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Gathered, collapsed, and written out for COPY ahead of its turn."""

    stretches: dict[int, Stretch]
    collapsed: Collapsed
    rejected: list[Rejected]
    records: int
    states: int
    """How many of the records are states that can be read."""
    lines: Lines
    """Of the entries that are left, but for those set apart."""
    apart: list[Entry]
    """Of people whose records were refused lately: stored by themselves."""
    people: set[PersonKey]
    """Whose records these are, the rejected ones included."""

    @property
    def positions(self) -> dict[int, int]:
        """Where each partition stands once the batch is stored."""
        return {partition: stretch.next_offset for partition, stretch in self.stretches.items()}


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch."""

    stored: int
    rejected: list[Rejected]
    erased: int
    """States of people who were erased; nothing of them is stored."""


def lines_of(entries: Sequence[Entry], policy: Policy) -> Lines:
    """Write entries out for COPY."""
    progress = "".join([progress_line(place, entry) for place, entry in enumerate(entries)])
    sessions = [session_lines(entry, policy) for entry in entries]
    written_ms = min((each.source.written_ms for each in entries if each.source.written_ms), default=None)
    return Lines(entries, policy, progress.encode(), sessions, written_ms)


def prepare(gathering: Gathering, policy: Policy, apart: frozenset[PersonKey] = frozenset()) -> Batch:
    """Collapse and write out what was gathered; `policy` is the installation's, `apart` whom to set apart."""
    collapsed = collapse(gathering.entries)
    entries, suspect = collapsed.entries, []
    if apart:
        suspect = [entry for entry in entries if entry.source.person in apart]
        entries = [entry for entry in entries if entry.source.person not in apart] if suspect else entries
    people = {PersonKey(entry.state.tenant_id, entry.state.user_id) for entry in collapsed.entries}
    return Batch(
        stretches=gathering.stretches,
        collapsed=collapsed,
        rejected=gathering.rejected,
        records=gathering.records,
        states=len(gathering.entries),
        lines=lines_of(entries, policy),
        apart=suspect,
        people=people.union(rejected.source.person for rejected in gathering.rejected),
    )


def session_days(entries: Iterable[Entry]) -> set[int]:
    """The days since 1970 on which sessions of these entries began: all that might be written."""
    return {each.started_at // DAY_MS for entry in entries for each in entry.progress.sessions.values()}
