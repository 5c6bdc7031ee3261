"""Deciding: what a run of heartbeats does to what is known, as a value. No I/O and no clock.

This is the whole business of the stage; everything around it loads what it needs and does what it says.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from msgspec import Raw, Struct

from playhead.kafka.batches import RecordBatch, SourceRecord
from playhead.policies import ItemPolicy, Policies
from playhead.progress import (
    NOTHING,
    ContentId,
    Policy,
    Progress,
    Refusal,
    advance,
    settle,
    summarize,
)
from playhead.progress.advance import HEAVY_SPANS
from playhead.progress.refusal import span_count
from playhead.wire.codec import decode_progress, encode
from playhead.wire.ledger import Ledger
from playhead.wire.states import State
from stream_processors.apply.decode import Decoded, ItemHeartbeats, OffsetHeartbeat, Undecodable
from stream_processors.apply.quota import LARGE, Allowance, ItemCount, Quota
from stream_processors.apply.touched import touched

WORK_AT_ONCE = 1_000
"""Heartbeats of ordinary items, or what takes as long, before others have their turn: some 10 ms."""
LOOK_EVERY = 20
"""Heartbeats of one item, after which it is looked how heavy it has become."""
SPANS_APPLIED, BYTES_DERIVED = 100, 100
"""So many spans cost as much as an ordinary heartbeat where one is applied, so many bytes where a state
is derived."""


class KnownPerson(Struct, frozen=True, gc=False):
    """What is known of a person before the run: encoded `Progress` by item."""

    items: Mapping[ContentId, bytes]
    is_new: bool = False
    """No store has anything of them."""
    count: ItemCount = ItemCount()
    """Of all their items, where the run may begin others; 0 where it does not."""
    erased_at: int | None = None
    """When they were erased, in ms: what they send from then on, or sent before, changes nothing."""

    def may_pass(self, most: int, wanted: Collection[ContentId]) -> bool:
        """Whether they might have more than `most` items once they have begun those that are wanted."""
        return self.count.all + len(wanted) - len(self.items) > most


class PersonWrite(Struct, frozen=True, gc=False):
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
    writes: list[PersonWrite]
    states: list[tuple[bytes, bytes]]
    """Key and encoded `State` of every item to be told of."""
    undecodable: list[Undecodable]
    refused: list[RefusedHeartbeat]
    """Of this run, those counted before included: their dead letters are published again, like the states."""
    over_quota: frozenset[str]
    """People of whom an item was refused because they have as many as they may."""
    is_complete: bool
    """Whether the run reaches as far as the ledger, so that a checkpoint may follow its states."""
    erased: int
    """Of the duplicates, those of people who were erased."""


def decide(  # noqa: PLR0913, PLR0917 - what it is judged by is one value more
    run: RecordBatch,
    reading: Decoded,
    known: Mapping[str, KnownPerson],
    ledger: Ledger,
    rules: Policies,
    quota: Quota = LARGE,
) -> Decision:
    """The same as `decide_in_steps`, in one."""
    steps = decide_in_steps(run, reading, known, ledger, rules, quota)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return cast("Decision", done.value)


def decide_in_steps(  # noqa: PLR0913, PLR0917 - the same
    run: RecordBatch,
    reading: Decoded,
    known: Mapping[str, KnownPerson],
    ledger: Ledger,
    rules: Policies,
    quota: Quota = LARGE,
) -> Generator[None, None, Decision]:
    """What the run does by the rules, given all its people as they are `known`, at this point of the ledger.

    Where the run was applied before, wholly or in part (a worker died between writing and telling), what was
    applied changes nothing and is not counted again, but all of it is told again.

    It yields every few milliseconds, for others to have their turn, however heavy the items are.
    """
    fold = _DecisionBuilder(run, ledger, rules, quota)
    for person, items in reading.people.items():
        yield from fold.person(person, items, known[person])
    records = [each.record for each in reading.undecodable] + [each.record for each in fold.refused]
    dead = sum(record.offset >= ledger.next_offset for record in records)
    after = ledger.plus(fold.applied, fold.duplicates, dead)
    return Decision(
        partition=run.partition,
        ledger=after.skip(max(0, run.next_offset - after.next_offset)),
        writes=fold.writes,
        states=fold.states,
        undecodable=reading.undecodable,
        refused=fold.refused,
        over_quota=frozenset(fold.over_quota),
        is_complete=run.next_offset >= ledger.next_offset,
        erased=fold.erased,
    )


class _DecisionBuilder:
    """The work in progress of one decision."""

    __slots__ = (
        "_fresh_from",
        "_is_replay",
        "_quota",
        "_records",
        "_rules",
        "_run",
        "_source_offset",
        "_work",
        "applied",
        "duplicates",
        "erased",
        "over_quota",
        "refused",
        "states",
        "writes",
    )

    def __init__(self, run: RecordBatch, ledger: Ledger, rules: Policies, quota: Quota) -> None:
        self._run = run
        self._rules = rules
        self._quota = quota
        self._fresh_from = ledger.next_offset
        self._is_replay = run.first_offset < ledger.next_offset
        self._source_offset = max(run.next_offset, ledger.next_offset)
        self._work = 0
        self.applied = 0
        self.duplicates = 0
        self.erased = 0
        self.refused: list[RefusedHeartbeat] = []
        self.over_quota: set[str] = set()
        self._records: dict[int, SourceRecord] = {}
        self.writes: list[PersonWrite] = []
        self.states: list[tuple[bytes, bytes]] = []

    def person(self, person: str, items: ItemHeartbeats, known: KnownPerson) -> Iterator[None]:
        if known.erased_at is not None:
            self._ignore(items)
            return
        changed: list[tuple[ContentId, bytes]] = []
        allowance = Allowance(person, known.count, self._quota, self._rules)
        for content, heartbeats in items.items():
            if not heartbeats:  # all that was said of it could not be read
                continue
            if self._work > WORK_AT_ONCE:
                yield
                self._work = 0
            rule = self._rules.of(heartbeats[0][1].tenant_id, content)
            stored = known.items.get(content)
            if stored is None and (refusal := allowance.refusal(content)) is not None:
                self._refuse_item(person, heartbeats, refusal)
                continue
            before = NOTHING if stored is None else decode_progress(stored)
            if len(heartbeats) <= LOOK_EVERY:
                after = self._apply(before, heartbeats, rule.policy)
            else:
                after = yield from self._apply_many(before, heartbeats, rule.policy)
            if after is not before:
                allowance.changed(content, is_new=stored is None)
                stored = encode(after)
                changed.append((content, stored))
            elif stored is None or not self._is_replay:
                continue
            self._work += 1 + len(stored) // BYTES_DERIVED
            self.states.append(self._state(person, after, stored, heartbeats, rule))
        if changed:
            self.writes.append(PersonWrite(person, changed, known.is_new))

    def _ignore(self, items: ItemHeartbeats) -> None:
        fresh = (offset >= self._fresh_from for heartbeats in items.values() for offset, _ in heartbeats)
        count = sum(fresh)
        self.duplicates += count
        self.erased += count

    def _apply(
        self,
        progress: Progress,
        heartbeats: Sequence[OffsetHeartbeat],
        policy: Policy,
        *,
        defers: bool = False,
    ) -> Progress:
        fresh_from, latest = self._fresh_from, None
        for offset, heartbeat in heartbeats:
            advanced = advance(progress, heartbeat, policy, defers=defers)
            if isinstance(advanced, Refusal):
                self._refuse(offset, advanced)
                continue
            if offset >= fresh_from:
                if advanced is progress:
                    self.duplicates += 1
                else:
                    self.applied += 1
            if advanced is not progress:
                progress, latest = advanced, heartbeat
        return settle(progress, latest, policy) if defers and latest is not None else progress

    def _apply_many(
        self, progress: Progress, heartbeats: Sequence[OffsetHeartbeat], policy: Policy
    ) -> Generator[None, None, Progress]:
        spans = span_count(progress)
        for first in range(0, len(heartbeats), LOOK_EVERY):
            these = heartbeats[first : first + LOOK_EVERY]
            progress = self._apply(progress, these, policy, defers=spans > HEAVY_SPANS)
            spans = span_count(progress)
            self._work += len(these) * (1 + spans // SPANS_APPLIED)
            if self._work > WORK_AT_ONCE:
                yield
                self._work = 0
        return progress

    def _refuse_item(self, person: str, heartbeats: Sequence[OffsetHeartbeat], refusal: Refusal) -> None:
        self.over_quota.add(person)
        for offset, _ in heartbeats:
            self._refuse(offset, refusal)

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
        heartbeats: list[OffsetHeartbeat],
        rule: ItemPolicy,
    ) -> tuple[bytes, bytes]:
        first = heartbeats[0][1]
        state = State(
            v=1,
            tenant_id=first.tenant_id,
            user_id=first.user_id,
            content_id=first.content_id,
            source_partition=self._run.partition,
            source_offset=self._source_offset,
            touched=touched(progress, heartbeats),
            override=rule.override,
            summary=summarize(progress, rule.policy),
            progress=Raw(encoded),
        )
        return f"{person}:{first.content_id}".encode(), encode(state)
