"""Deciding: what a run of heartbeats does to what is known, as a value. No I/O and no clock.

This is the whole business of the stage; everything around it loads what it needs and does what it says.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from msgspec import Raw, Struct

from playhead.progress import (
    NOTHING,
    ContentId,
    Heartbeat,
    Policy,
    Progress,
    Refusal,
    advance,
    settle,
    summarize,
)
from playhead.progress.progress import is_visit
from playhead.progress.refusal import span_count
from playhead.wire.codec import decode_progress, encode
from playhead.wire.states import State
from stream_processors.ledger import Ledger
from stream_processors.reading import Items, Reading, Unreadable
from stream_processors.rules import Rule, Rules
from stream_processors.runs import Run, SourceRecord

WORK_AT_ONCE = 1_000
"""Heartbeats of ordinary items, or what takes as long, before others have their turn: some 10 ms."""
SPANS_APPLIED, SPANS_DERIVED = 100, 5
"""So many spans more take as long as one more ordinary heartbeat, where one is applied or a state derived."""


class Person(Struct, frozen=True, gc=False):
    """What is known of a person before the run: encoded `Progress` by item."""

    items: Mapping[ContentId, bytes]
    is_new: bool = False
    """No store has anything of them."""
    erased_at: int | None = None
    """When they were erased, in ms: what they send from then on, or sent before, changes nothing."""


class Write(Struct, frozen=True, gc=False):
    """What is to be written of one person."""

    person: str
    changed: list[tuple[ContentId, bytes]]
    is_new: bool
    """The hot store has nothing of them; else the write is refused where it has nothing of them any more."""


class RefusedHeartbeat(Struct, frozen=True, gc=False):
    """A heartbeat that is not applied, though it can be read: a dead letter."""

    record: SourceRecord
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Decision:
    """What a run amounts to."""

    partition: int
    ledger: Ledger
    """As it stands after the run."""
    writes: list[Write]
    states: list[tuple[bytes, bytes]]
    """Key and encoded `State` of every item to be told of."""
    unreadable: list[Unreadable]
    refused: list[RefusedHeartbeat]
    """Of this run, those counted before included: their dead letters are published again, like the states."""
    is_complete: bool
    """Whether the run reaches as far as the ledger, so that a checkpoint may follow its states."""
    erased: int
    """Of the duplicates, those of people who were erased."""


def decide(run: Run, reading: Reading, known: Mapping[str, Person], ledger: Ledger, rules: Rules) -> Decision:
    """The same as `decide_in_steps`, in one."""
    steps = decide_in_steps(run, reading, known, ledger, rules)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return cast("Decision", done.value)


def decide_in_steps(
    run: Run, reading: Reading, known: Mapping[str, Person], ledger: Ledger, rules: Rules
) -> Generator[None, None, Decision]:
    """What the run does by the rules, given all its people as they are `known`, at this point of the ledger.

    Where the run was applied before, wholly or in part (a worker died between writing and telling), what was
    applied changes nothing and is not counted again, but all of it is told again.

    It yields every few milliseconds, for others to have their turn, however heavy the items are.
    """
    fold = _Fold(run, ledger, rules)
    for person, items in reading.people.items():
        yield from fold.person(person, items, known[person])
    records = [each.record for each in reading.unreadable] + [each.record for each in fold.refused]
    dead = sum(record.offset >= ledger.next_offset for record in records)
    after = ledger.after(fold.applied, fold.duplicates, dead)
    return Decision(
        partition=run.partition,
        ledger=after.without(max(0, run.next_offset - after.next_offset)),
        writes=fold.writes,
        states=fold.states,
        unreadable=reading.unreadable,
        refused=fold.refused,
        is_complete=run.next_offset >= ledger.next_offset,
        erased=fold.erased,
    )


class _Fold:
    """The work in progress of one decision."""

    __slots__ = (
        "_fresh_from",
        "_is_replay",
        "_records",
        "_rules",
        "_run",
        "_source_offset",
        "_work",
        "applied",
        "duplicates",
        "erased",
        "refused",
        "states",
        "writes",
    )

    def __init__(self, run: Run, ledger: Ledger, rules: Rules) -> None:
        self._run = run
        self._rules = rules
        self._fresh_from = ledger.next_offset
        self._is_replay = run.first_offset < ledger.next_offset
        self._source_offset = max(run.next_offset, ledger.next_offset)
        self._work = 0
        self.applied = 0
        self.duplicates = 0
        self.erased = 0
        self.refused: list[RefusedHeartbeat] = []
        self._records: dict[int, SourceRecord] = {}
        self.writes: list[Write] = []
        self.states: list[tuple[bytes, bytes]] = []

    def person(self, person: str, items: Items, known: Person) -> Iterator[None]:
        if known.erased_at is not None:
            self._ignore(items)
            return
        changed: list[tuple[ContentId, bytes]] = []
        for content, heartbeats in items.items():
            if not heartbeats:  # all that was said of it could not be read
                continue
            if self._work > WORK_AT_ONCE:
                yield
                self._work = 0
            rule = self._rules.of(heartbeats[0][1].tenant_id, content)
            stored = known.items.get(content)
            before = NOTHING if stored is None else decode_progress(stored)
            after = yield from self._advance(before, heartbeats, rule.policy)
            if after is not before:
                stored = encode(after)
                changed.append((content, stored))
            elif stored is None or not self._is_replay:
                continue
            self._work += 1 + span_count(after) // SPANS_DERIVED
            self.states.append(self._state(person, after, stored, heartbeats, rule))
        if changed:
            self.writes.append(Write(person, changed, known.is_new))

    def _ignore(self, items: Items) -> None:
        fresh = (offset >= self._fresh_from for heartbeats in items.values() for offset, _ in heartbeats)
        count = sum(fresh)
        self.duplicates += count
        self.erased += count

    def _advance(
        self, progress: Progress, heartbeats: list[tuple[int, Heartbeat]], policy: Policy
    ) -> Generator[None, None, Progress]:
        fresh_from, is_alone = self._fresh_from, len(heartbeats) == 1
        latest: Heartbeat | None = None
        work = self._work
        for offset, heartbeat in heartbeats:
            work += 1 if is_alone else 1 + span_count(progress) // SPANS_APPLIED
            if work > WORK_AT_ONCE:
                yield
                work = 0
            advanced = advance(progress, heartbeat, policy, is_alone=is_alone)
            if isinstance(advanced, Refusal):
                self._refuse(offset, advanced)
                continue
            if advanced is not progress:
                latest = heartbeat
            if offset >= fresh_from:
                if advanced is progress:
                    self.duplicates += 1
                else:
                    self.applied += 1
            progress = advanced
        self._work = work
        return progress if latest is None or is_alone else settle(progress, latest, policy)

    def _refuse(self, offset: int, refusal: Refusal) -> None:
        """Send the heartbeat at this offset to the dead letters as a whole."""
        if not self._records:
            self._records = {record.offset: record for record in self._run.records}
        self.refused.append(RefusedHeartbeat(self._records[offset], refusal))

    def _state(
        self,
        person: str,
        progress: Progress,
        encoded: bytes,
        heartbeats: list[tuple[int, Heartbeat]],
        rule: Rule,
    ) -> tuple[bytes, bytes]:
        first = heartbeats[0][1]
        state = State(
            v=1,
            tenant_id=first.tenant_id,
            user_id=first.user_id,
            content_id=first.content_id,
            source_partition=self._run.partition,
            source_offset=self._source_offset,
            touched=_touched(progress, heartbeats),
            override=rule.override,
            summary=summarize(progress, rule.policy),
            progress=Raw(encoded),
        )
        return f"{person}:{first.content_id}".encode(), encode(state)


def _touched(progress: Progress, heartbeats: list[tuple[int, Heartbeat]]) -> tuple[str, ...]:
    """Keys of the sessions that the heartbeats belong to, as far as they are still kept by id."""
    keys: dict[str, None] = {}
    for _, heartbeat in heartbeats:
        if heartbeat.is_mark:
            continue
        if heartbeat.session_id is not None:
            keys[heartbeat.session_id] = None
        else:
            keys.update(dict.fromkeys(_visit_of(progress, heartbeat)))
    return tuple(key for key in keys if key in progress.sessions)


def _visit_of(progress: Progress, heartbeat: Heartbeat) -> Iterator[str]:
    return (
        key
        for key, session in progress.sessions.items()
        if is_visit(key) and session.started_at <= heartbeat.occurred_at <= session.last_at
    )
