"""Decides what a batch of heartbeats changes. Pure: no I/O and no clock.

Everything else in this service loads what a decision needs, or carries it out. Whether an item is completed
(at 90 % by default) is decided by `playhead.progress.advance`, under the item's policy.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from typing import Literal, cast

from msgspec import Raw

from playhead.kafka.batches import SourceRecord
from playhead.policies import ItemPolicy
from playhead.progress import (
    ContentId,
    Heartbeat,
    Policy,
    Progress,
    Refusal,
    Summary,
    advance,
    advance_by_merge,
    settle,
    summarize,
)
from playhead.progress.advance import HEAVY_SPANS, span_count
from playhead.progress.heartbeat import MergedItem
from playhead.progress.identifiers import TenantId
from playhead.progress.progress import is_visit
from playhead.wire.codec import encode
from playhead.wire.keys import older_name
from playhead.wire.ledger import Ledger
from playhead.wire.progress import decode_progress
from playhead.wire.states import State
from stream_processors.apply.decision import Decision, KnownPerson, PersonWrite, RefusedHeartbeat
from stream_processors.apply.decode import Decoded, ItemHeartbeats, OffsetHeartbeat
from stream_processors.apply.parts import ItemParts, StoredPart, divided, opened, stored_parts
from stream_processors.apply.quota import Allowance, Rules

WORK_PER_STEP = 1_000
"""Heartbeats of ordinary items, or equal work, between two yields: some 10 ms."""
CHECK_EVERY = 20
"""Heartbeats of one item after which its number of spans is counted again."""
SPANS_APPLIED, BYTES_DERIVED = 100, 100
"""This many spans when one heartbeat is applied, or bytes when one state is derived, are the work of one
ordinary heartbeat."""


def decide(decoded: Decoded, known: Mapping[str, KnownPerson], ledger: Ledger, rules: Rules) -> Decision:
    """Decide in one step; see `decide_in_steps`."""
    steps = decide_in_steps(decoded, known, ledger, rules)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return cast("Decision", done.value)


def decide_in_steps(
    decoded: Decoded,
    known: Mapping[str, KnownPerson],
    ledger: Ledger,
    rules: Rules,
    waiting: Collection[tuple[TenantId, ContentId]] = (),
) -> Generator[None, None, Decision]:
    """Decide what the batch changes, given all its people as the stores have them, and the ledger.

    Heartbeats before the ledger's next offset were applied by an earlier attempt, which ended before it
    published. They change and count nothing, but their states are published again.

    Of the items in `waiting` the policy is not known: their heartbeats are applied, and whether they complete
    the item is decided with the next heartbeat for which it is.

    It yields every few milliseconds, so that the event loop can serve other partitions.
    """
    batch = decoded.batch
    builder = _DecisionBuilder(decoded, ledger, rules, waiting)
    for person, items in decoded.people.items():
        yield from builder.add(person, items, known[person])
    records = [each.record for each in decoded.undecodable] + [each.record for each in builder.refused]
    dead = sum(record.offset >= ledger.next_offset for record in records)
    after = ledger.plus(builder.applied, builder.duplicates, dead)
    return Decision(
        partition=batch.partition,
        ledger=after.skip(max(0, batch.next_offset - after.next_offset)),
        writes=builder.writes,
        states=builder.states,
        undecodable=decoded.undecodable,
        refused=builder.refused,
        over_quota=frozenset(builder.over_quota),
        is_complete=batch.next_offset >= ledger.next_offset,
        erased=builder.erased,
    )


class _DecisionBuilder:
    """Adds one person after another to a decision."""

    def __init__(
        self,
        decoded: Decoded,
        ledger: Ledger,
        rules: Rules,
        waiting: Collection[tuple[TenantId, ContentId]],
    ) -> None:
        self._batch = decoded.batch
        self._waiting = waiting
        self._rules = rules
        self._fresh_from = ledger.next_offset
        self._is_replay = self._batch.first_offset < ledger.next_offset
        self._source_offset = max(self._batch.next_offset, ledger.next_offset)
        self._work = 0
        self._records: dict[int, SourceRecord] = {}
        self.applied = 0
        self.duplicates = 0
        self.erased = 0
        self.refused: list[RefusedHeartbeat] = []
        self.over_quota: set[str] = set()
        self.writes: list[PersonWrite] = []
        self.states: list[tuple[bytes, bytes]] = []

    def add(self, person: str, items: ItemHeartbeats, known: KnownPerson) -> Iterator[None]:
        if known.erased_at is not None:
            self._ignore(items)
            return
        changed: list[tuple[str, bytes]] = []
        allowance = Allowance(person, known.count, self._rules)
        for content, heartbeats in items.items():
            if not heartbeats:  # none of the item's records could be decoded
                continue
            if self._work > WORK_PER_STEP:
                yield
                self._work = 0
            tenant = heartbeats[0][1].tenant_id
            item_policy = self._rules.policies.of(tenant, content)
            waits = bool(self._waiting) and (tenant, content) in self._waiting
            is_new = content not in known.items
            if is_new and not _is_merged(heartbeats) and (refusal := allowance.refusal(content)) is not None:
                self._refuse_item(person, heartbeats, refusal)
                continue
            before = opened(known, content)
            if waits or len(heartbeats) <= CHECK_EVERY:
                after = self._apply(before, heartbeats, item_policy.policy, defers=waits, settles=not waits)
            else:
                after = yield from self._apply_many(before, heartbeats, item_policy.policy)
            if after is not before:
                allowance.changed(content, is_new=is_new)
                parts = divided(after, known, content, item_policy.policy)
                changed += _fields(content, parts)
                self._add_states(parts, heartbeats, item_policy)
            elif self._is_replay and not is_new:
                self._add_states(stored_parts(known, content), heartbeats, item_policy)
        if changed:
            self.writes.append(PersonWrite(person, changed, known.is_new))

    def _ignore(self, items: ItemHeartbeats) -> None:
        """Count an erased person's heartbeats as duplicates."""
        count = sum(offset >= self._fresh_from for heartbeats in items.values() for offset, _ in heartbeats)
        self.duplicates += count
        self.erased += count

    def _apply(
        self,
        progress: Progress,
        heartbeats: Sequence[OffsetHeartbeat],
        policy: Policy,
        *,
        defers: bool = False,
        settles: bool = True,
    ) -> Progress:
        fresh_from, latest = self._fresh_from, None
        for offset, heartbeat in heartbeats:
            if heartbeat.merged is None:
                advanced = advance(progress, heartbeat, policy, defers=defers)
            else:
                advanced = _merge(progress, heartbeat, heartbeat.merged, policy if settles else None)
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
        if not (defers and settles) or latest is None:
            return progress
        return settle(progress, latest, policy)

    def _apply_many(
        self, progress: Progress, heartbeats: Sequence[OffsetHeartbeat], policy: Policy
    ) -> Generator[None, None, Progress]:
        spans = span_count(progress)
        for first in range(0, len(heartbeats), CHECK_EVERY):
            these = heartbeats[first : first + CHECK_EVERY]
            progress = self._apply(progress, these, policy, defers=spans > HEAVY_SPANS)
            spans = span_count(progress)
            self._work += len(these) * (1 + spans // SPANS_APPLIED)
            if self._work > WORK_PER_STEP:
                yield
                self._work = 0
        return progress

    def _refuse_item(self, person: str, heartbeats: Sequence[OffsetHeartbeat], refusal: Refusal) -> None:
        self.over_quota.add(person)
        for offset, _ in heartbeats:
            self._refuse(offset, refusal)

    def _refuse(self, offset: int, refusal: Refusal) -> None:
        """Make the heartbeat at this offset a dead letter."""
        if not self._records:
            self._records = {record.offset: record for record in self._batch.records}
        self.refused.append(RefusedHeartbeat(self._records[offset], refusal))

    def _add_states(
        self, parts: ItemParts, heartbeats: list[OffsetHeartbeat], item_policy: ItemPolicy
    ) -> None:
        """Publish the older sessions first, so that no store has a record whose older sessions it lacks."""
        if parts.older is not None:
            self.states.append(self._state(parts.older, Summary(), heartbeats, item_policy, part="older"))
        summary = summarize(parts.record.progress, item_policy.policy)
        self.states.append(self._state(parts.record, summary, heartbeats, item_policy))

    def _state(
        self,
        stored: StoredPart,
        summary: Summary,
        heartbeats: list[OffsetHeartbeat],
        item_policy: ItemPolicy,
        part: Literal["older"] | None = None,
    ) -> tuple[bytes, bytes]:
        self._work += 1 + len(stored.encoded) // BYTES_DERIVED
        first = heartbeats[0][1]
        state = State(
            v=2,
            tenant_id=first.tenant_id,
            user_id=first.user_id,
            content_id=first.content_id,
            source_partition=self._batch.partition,
            source_offset=self._source_offset,
            touched=_touched(stored.progress, heartbeats),
            override=item_policy.override,
            summary=summary,
            progress=Raw(stored.encoded),
            part=part,
        )
        return state.key.encode(), encode(state)


def _fields(content: ContentId, parts: ItemParts) -> list[tuple[str, bytes]]:
    """The fields of the item in Redis."""
    older = [] if parts.older is None else [(older_name(content), parts.older.encoded)]
    return [*older, (content, parts.record.encoded)]


def _merge(progress: Progress, heartbeat: Heartbeat, merged: MergedItem, policy: Policy | None) -> Progress:
    """`progress` with the progress that the heartbeat brings of another account of the person."""
    source = decode_progress(merged.progress)
    return advance_by_merge(progress, source, merged.user_id, heartbeat.received_at, policy)


def _is_merged(heartbeats: Sequence[OffsetHeartbeat]) -> bool:
    """Whether any is a merge: what was watched under another account counts, whatever the quota."""
    return any(heartbeat.merged is not None for _, heartbeat in heartbeats)


def _touched(progress: Progress, heartbeats: list[OffsetHeartbeat]) -> tuple[str, ...]:
    """Keys of the sessions that the heartbeats belong to, as far as they are not compacted yet."""
    keys: dict[str, None] = {}
    for _, heartbeat in heartbeats:
        if heartbeat.merged is not None:
            keys.update(dict.fromkeys(progress.sessions))
        if heartbeat.is_act or heartbeat.event == "merge":
            continue
        if heartbeat.session_id is not None:
            keys[heartbeat.session_id] = None
        else:
            keys.update(dict.fromkeys(_visits_of(progress, heartbeat)))
    return tuple(key for key in keys if key in progress.sessions)


def _visits_of(progress: Progress, heartbeat: Heartbeat) -> Iterator[str]:
    return (
        key
        for key, session in progress.sessions.items()
        if is_visit(key) and session.started_at <= heartbeat.occurred_at <= session.last_at
    )
