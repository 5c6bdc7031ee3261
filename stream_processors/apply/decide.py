"""Decides what a batch of heartbeats changes. Pure: no I/O and no clock.

Everything else in this service loads what a decision needs, or carries it out. Whether an item is completed
(at 90 % by default) is decided by `playhead.progress.advance`, under the item's policy.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from typing import cast

from playhead.kafka.batches import SourceRecord
from playhead.policies import ItemPolicy
from playhead.progress import (
    ContentId,
    Heartbeat,
    Policy,
    Progress,
    Refusal,
    advance,
    advance_by_merge,
    settle,
)
from playhead.progress.advance import HEAVY_SPANS, span_count
from playhead.progress.heartbeat import MergedItem
from playhead.progress.identifiers import TenantId
from playhead.wire.keys import older_name
from playhead.wire.ledger import Ledger
from playhead.wire.progress import decode_progress
from stream_processors.apply.decision import Decision, KnownPerson, PersonWrite, RefusedHeartbeat
from stream_processors.apply.decode import Decoded, ItemHeartbeats, OffsetHeartbeat
from stream_processors.apply.groups import WORK_PER_STEP, BatchItem, groups
from stream_processors.apply.parts import ItemParts, OpenedItem, divided, opened, stored_parts
from stream_processors.apply.quota import Allowance, Rules
from stream_processors.apply.states import ItemToPublish, StateOrigin, states

CHECK_EVERY = 20
"""Heartbeats of one item after which its number of spans is counted again."""
SPANS_APPLIED = 100
"""This many spans, when one heartbeat is applied, are the work of one ordinary heartbeat."""


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
        if known[person].erased_at is not None:
            builder.ignore(items)
    for group in groups(decoded, known):
        yield from builder.add(group)
        yield
    records = [each.record for each in decoded.undecodable] + [each.record for each in builder.refused]
    dead = sum(record.offset >= ledger.next_offset for record in records)
    after = ledger.plus(builder.applied, builder.duplicates, dead)
    return Decision(
        partition=batch.partition,
        ledger=after.skip(max(0, batch.next_offset - after.next_offset)),
        writes=list(builder.writes.values()),
        states=builder.states,
        undecodable=decoded.undecodable,
        refused=builder.refused,
        over_quota=frozenset(builder.over_quota),
        is_complete=batch.next_offset >= ledger.next_offset,
        erased=builder.erased,
    )


class _DecisionBuilder:
    """Adds one group of items after another to a decision."""

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
        self._origin = StateOrigin(self._batch.partition, max(self._batch.next_offset, ledger.next_offset))
        self._work = 0
        self._allowance: Allowance | None = None
        self._records: dict[int, SourceRecord] = {}
        self.applied = 0
        self.duplicates = 0
        self.erased = 0
        self.refused: list[RefusedHeartbeat] = []
        self.over_quota: set[str] = set()
        self.writes: dict[str, PersonWrite] = {}
        self.states: list[tuple[bytes, bytes]] = []

    def ignore(self, items: ItemHeartbeats) -> None:
        """Count an erased person's heartbeats as duplicates."""
        count = sum(offset >= self._fresh_from for heartbeats in items.values() for offset, _ in heartbeats)
        self.duplicates += count
        self.erased += count

    def add(self, group: Sequence[BatchItem]) -> Iterator[None]:
        """Decide what the heartbeats of these items change, one step of all items after the other."""
        policies = [self._rules.policies.of(item.heartbeats[0][1].tenant_id, item.content) for item in group]
        decoded = [
            opened(item, item_policy.policy, is_replay=self._is_replay)
            for item, item_policy in zip(group, policies, strict=True)
        ]
        changed: list[tuple[BatchItem, ItemPolicy, OpenedItem, Progress | None]] = []
        for item, item_policy, found in zip(group, policies, decoded, strict=True):
            content, heartbeats, before = item.content, item.heartbeats, found.progress
            tenant, is_new = heartbeats[0][1].tenant_id, item.is_new
            if is_new and not _is_merged(heartbeats) and (refusal := self._refusal(item)) is not None:
                self._refuse_item(item.person, heartbeats, refusal)
                continue
            waits = bool(self._waiting) and (tenant, content) in self._waiting
            if waits or len(heartbeats) <= CHECK_EVERY:
                after = self._apply(before, heartbeats, item_policy.policy, defers=waits, settles=not waits)
            else:
                after = yield from self._apply_many(before, heartbeats, item_policy.policy)
            if after is not before:
                if is_new:
                    self._allowance_of(item).began(content)
                changed.append((item, item_policy, found, after))
            elif self._is_replay and not is_new:
                changed.append((item, item_policy, found, None))
        self.states += states([self._divided(*each) for each in changed], self._origin)

    def _refusal(self, item: BatchItem) -> Refusal | None:
        return self._allowance_of(item).refusal(item.content)

    def _allowance_of(self, item: BatchItem) -> Allowance:
        """That of the item's person; a person's items follow one another."""
        if self._allowance is None or self._allowance.person != item.person:
            self._allowance = Allowance(item.person, item.known.count, self._rules)
        return self._allowance

    def _divided(
        self, item: BatchItem, item_policy: ItemPolicy, found: OpenedItem, after: Progress | None
    ) -> ItemToPublish:
        """What is published of an item; what is written of it, if it changed, is kept for later."""
        if after is None:
            parts = stored_parts(item.known, item.content)
        else:
            parts = divided(after, found.older, item.known, item.content, item_policy.policy)
            write = self.writes.get(item.person)
            if write is None:
                write = self.writes[item.person] = PersonWrite(item.person, [], item.known.is_new)
            write.changed.extend(_fields(item.content, parts))
        return ItemToPublish(parts, item.heartbeats, item_policy)

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
