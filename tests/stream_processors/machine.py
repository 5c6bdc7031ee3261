"""The pure part of the processor with dictionaries for stores, and batches to feed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import strategies as st
from msgspec.structs import replace

from playhead.kafka.batches import RecordBatch
from playhead.policies import Policies
from playhead.progress import ContentId, Policy, Progress
from playhead.progress.identifiers import TenantId
from playhead.progress.older import whole
from playhead.wire.codec import encode
from playhead.wire.heartbeats import HeartbeatRecord
from playhead.wire.keys import is_older_name, older_name, person_key
from playhead.wire.ledger import Ledger
from playhead.wire.progress import decode_progress
from playhead.wire.states import State, decode_state
from stream_processors.apply.decide import decide
from stream_processors.apply.decision import Decision, KnownPerson
from stream_processors.apply.decode import decode
from stream_processors.apply.parts import needing_older
from stream_processors.apply.quota import ItemCount, Rules

RULES = Rules(Policies(Policy()))


@dataclass(frozen=True)
class LogRecord:
    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()


def record_of(offset: int, heartbeat: HeartbeatRecord) -> LogRecord:
    key = person_key(heartbeat.tenant_id, heartbeat.user_id).encode()
    return LogRecord(offset, key, encode(heartbeat))


def batch_of(*heartbeats: HeartbeatRecord, start: int = 0) -> RecordBatch:
    """The heartbeats as a batch of partition 0."""
    return RecordBatch(0, start, [record_of(start + n, each) for n, each in enumerate(heartbeats)])


def log_of(heartbeats: Sequence[HeartbeatRecord], *, poison_every: int = 17) -> list[LogRecord]:
    """The heartbeats as records of one partition, with records between them that are none."""
    records: list[LogRecord] = []
    for each in heartbeats:
        if len(records) % poison_every == poison_every - 1:
            records.append(LogRecord(len(records), record_of(0, each).key, b"poison"))
        records.append(record_of(len(records), each))
    return records


def cut(records: list[LogRecord], cuts: list[int]) -> Iterator[RecordBatch]:
    """The records in batches."""
    edges = sorted({0, len(records), *(c % len(records) for c in cuts)})
    for start, end in pairwise(edges):
        yield RecordBatch(0, records[start].offset, records[start:end])


cutting = st.lists(st.integers(0, 200), max_size=8)


@dataclass
class Machine:
    """Decides batches, and keeps what is decided."""

    ledger: Ledger = field(default_factory=lambda: Ledger.starting_at(0))
    rules: Rules = RULES
    people: dict[str, dict[ContentId, bytes]] = field(default_factory=dict)
    states: dict[tuple[str, str], State] = field(default_factory=dict)
    older_states: dict[tuple[str, str], State] = field(default_factory=dict)
    read_older: int = 0
    """How often the older sessions of an item were read."""

    def take(self, batch: RecordBatch) -> Decision:
        decoded = decode(batch)
        known = {
            person: KnownPerson(
                {item: self.people[person][item] for item in items if item in self.people[person]},
                count=self._count(person),
            )
            if person in self.people
            else KnownPerson({}, is_new=True)
            for person, items in decoded.people.items()
        }
        for person, items in needing_older(decoded, known, self.ledger, self.rules.policies).items():
            older = {item: self.people[person].get(ContentId(older_name(item))) for item in items}
            known[person] = replace(known[person], older=older)
            self.read_older += len(items)
        decision = decide(decoded, known, self.ledger, self.rules)
        for write in decision.writes:
            fields = {ContentId(name): value for name, value in write.changed}
            self.people.setdefault(write.person, {}).update(fields)
        for _, value in decision.states:
            state = decode_state(value)
            assert isinstance(state, State)
            held = self.states if state.part is None else self.older_states
            held[f"{state.tenant_id}:{state.user_id}", state.content_id] = state
        self.ledger = decision.ledger
        return decision

    def _count(self, person: str) -> ItemCount:
        tenant, items = TenantId(person.partition(":")[0]), self.people[person]
        unknown = sum(not self.rules.policies.is_known(tenant, item) for item in items)
        return ItemCount(len(items), unknown)

    @property
    def progress(self) -> dict[tuple[str, str], Progress]:
        """Everything written."""
        return {
            (person, item): _whole(value, items.get(ContentId(older_name(item))))
            for person, items in self.people.items()
            for item, value in items.items()
            if not is_older_name(item)
        }

    @property
    def published(self) -> dict[tuple[str, str], Progress]:
        """The last state of every item, with that of its older sessions."""
        older = {key: bytes(state.progress) for key, state in self.older_states.items()}
        return {key: _whole(bytes(state.progress), older.get(key)) for key, state in self.states.items()}


def _whole(record: bytes, older: bytes | None) -> Progress:
    return whole(decode_progress(record), None if older is None else decode_progress(older))
