"""Compare Redis with PostgreSQL: a state that was never published is in Redis alone.

May run while everything does. Redis is read first: the items of a person, and the applied offset up to which
they are complete. PostgreSQL is read after it: the source offset up to which it has stored the partition, and
then the rows. If the stored source offset is not behind the applied offset, each row equals the item in Redis
or is newer; else nothing can be said yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from typing import NamedTuple

from msgspec.structs import replace
from psycopg import Connection

from operations.audit.finding import Finding
from operations.hot_keys import every_node
from operations.stores import postgres, redis
from playhead.progress.identifiers import TenantId
from playhead.progress.progress import CompactedSessions, Progress
from playhead.redis.connection import SyncRedis
from playhead.resources import read_text
from playhead.settings import HotAuditSettings
from playhead.wire.progress import decode_progress
from playhead.wire.redis_keys import ERASED, FENCE, RedisKeys
from playhead.wire.topics import Topics

PEOPLE_AT_ONCE = 200
"""Read by one call each of Redis and PostgreSQL: about a thousand rows."""
TRIES = 5
"""Random keys drawn for each person wanted: some are not people, some are drawn twice."""
SAMPLE = 100
"""People compared by one `playhead status`, in about 20 ms."""

_POSITIONS = "SELECT partition, coalesce(source_next_offset, 0) FROM progress.positions WHERE topic = %s"
"""0 in a partition without a checkpoint: the people that a repartition moved there were stored before."""
_ROWS = read_text("operations.audit", "hot_rows.sql")


class _HotPerson(NamedTuple):
    """A person in Redis."""

    key: str
    partition: int
    applied: int
    """The applied offset that the items contain."""
    items: dict[str, bytes]

    @property
    def tenant(self) -> TenantId:
        """The tenant of the person."""
        return TenantId(self.key.partition(":")[0])


class _StoredItem(NamedTuple):
    """An item in PostgreSQL."""

    state: str
    partition: int
    source_offset: int


def audit_hot(settings: HotAuditSettings, *, sample: int | None = None) -> Iterator[Finding]:
    """Compare all people in Redis, or about `sample` people chosen at random."""
    topic, names = Topics.named(settings.kafka_prefix).states.name, settings.redis_keys
    databases = settings.databases
    with redis(settings, "audit") as hot, ExitStack() as stack:
        connections = databases.map(lambda each: stack.enter_context(postgres(each.dsn, "audit")))
        whole = hot.scan_iter(names.progress_hashes, count=1_000)
        keys = whole if sample is None else _at_random(hot, names, sample)
        rest = iter(keys)
        while some := list(islice(rest, PEOPLE_AT_ONCE)):
            people = _people(hot, names, some)
            for name, connection in connections.named.items():
                own = [each for each in people if databases.has(name, each.tenant)]
                yield from _compare(own, connection, topic)


def hot_sample_faults(settings: HotAuditSettings) -> list[str]:
    """One sentence if PostgreSQL lacks items of a sample of people, else none."""
    found = list(audit_hot(settings, sample=SAMPLE))
    lacks = f"PostgreSQL lacks {len(found)} items of some {SAMPLE} people in Redis"
    return [f"{lacks}, the first is {found[0].subject}; `playhead audit` names all"] if found else []


def _at_random(hot: SyncRedis, names: RedisKeys, count: int) -> set[bytes]:
    drawn: set[bytes] = set()
    nodes = every_node(hot)
    for node in nodes:
        with node.pipeline(transaction=False) as pipe:
            for _ in range(count * TRIES // len(nodes)):
                pipe.randomkey()
            keys = [key for key in pipe.execute() if key is not None]
        drawn |= {key for key in keys if names.is_progress_hash(key.decode())}
    return set(list(drawn)[:count])


def _people(hot: SyncRedis, names: RedisKeys, keys: Sequence[bytes]) -> list[_HotPerson]:
    with hot.pipeline(transaction=False) as pipe:
        for key in keys:
            pipe.hgetall(key)
        hashes = pipe.execute()
    people: list[_HotPerson] = []
    for key, fields in zip(keys, hashes, strict=True):
        fence = fields.pop(FENCE.encode(), None)
        if fence is None or ERASED.encode() in fields:
            continue
        partition, applied = fence.decode().split(":")
        person = names.person_of_hash(key.decode())
        items = {content.decode(): state for content, state in fields.items()}
        people.append(_HotPerson(person, int(partition), int(applied), items))
    return people


def _compare(people: Sequence[_HotPerson], connection: Connection, topic: str) -> Iterator[Finding]:
    stored_to: dict[int, int] = dict(connection.execute(_POSITIONS, [topic]).fetchall())
    stored = [each for each in people if stored_to.get(each.partition, -1) >= each.applied]
    ids = [each.key.split(":") for each in stored]
    wanted = [[tenant for tenant, _ in ids], [user for _, user in ids]]
    rows = {(key, content): _StoredItem(*row) for key, content, *row in connection.execute(_ROWS, wanted * 2)}
    for person in stored:
        for content, state in person.items.items():
            row = rows.get((person.key, content))
            if row is None or not _has(row, person, state):
                yield Finding("hot", f"{person.key}:{content}", _detail(person, state, row))


def _has(row: _StoredItem, person: _HotPerson, state: bytes) -> bool:
    if row.partition == person.partition and row.source_offset > person.applied:
        return True  # stored after Redis was read; a later state contains the earlier one
    stored = row.state.encode()
    return stored == state or _without_completion(stored) == _without_completion(state)


def _without_completion(state: bytes) -> Progress:
    """The progress without its time of completion, which may depend on how the log was cut into batches.

    Nor with the sums of older sessions: after a change of the policy, the row has them before Redis does.
    """
    progress = replace(decode_progress(state), completions=())
    if progress.older is None:
        return progress
    sums = CompactedSessions(before=progress.compacted.before, sessions=progress.compacted.sessions)
    return replace(progress, compacted=sums, older=replace(progress.older, policy=""))


def _detail(person: _HotPerson, state: bytes, row: _StoredItem | None) -> str:
    instead = "nothing" if row is None else f"one from before offset {row.source_offset}"
    return (
        f"Redis has a state of {len(state):,} bytes; PostgreSQL has stored partition {person.partition} "
        f"up to offset {person.applied} and beyond, and has {instead} of it"
    )
