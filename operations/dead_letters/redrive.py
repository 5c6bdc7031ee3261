"""Send dead letters back to the topic that they came from.

Applying a heartbeat twice changes nothing, and a state is stored only if it is the latest. But the states
topic is compacted: an older state behind a newer one would let compaction delete the newer one. Therefore, of
the dead letters of a key, only the latest state is sent, and only if neither PostgreSQL nor the part of the
states topic that is not stored yet has a later one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice

import psycopg
from msgspec import Struct
from psycopg.rows import TupleRow

from operations.dead_letters.dead_letter import (
    DeadLetterFilter,
    DeadLetterId,
    DeadLetterRecord,
    unsendable_reason,
)
from operations.dead_letters.topic import dead_letters
from operations.stores import of_all, postgres, publish, stored_offsets
from operations.topic_reader import read_topic
from playhead.kafka.records import ProducerRecord
from playhead.progress.identifiers import TenantId
from playhead.resources import read_text
from playhead.settings import ByTenant, RedriveSettings
from playhead.wire.topics import Topic, Topics

CHUNK = 500
"""Dead letters that are judged, sent and acknowledged together."""

_ERASED = read_text(__package__, "erased.sql")
_STORED = read_text(__package__, "stored_states.sql")


class RedriveResult(Struct, frozen=True):
    """What was done with one dead letter."""

    letter: DeadLetterId
    topic: str
    partition: int
    left: str | None
    """Why it was not sent; None if it was, or would be without `dry_run`."""


def redrive(
    settings: RedriveSettings, chosen: Iterable[DeadLetterRecord], *, dry_run: bool
) -> Iterator[RedriveResult]:
    """Send each record's key and value unchanged to its source topic, a state to its source partition.

    Raises:
        StoreUnavailableError: Kafka or PostgreSQL does not answer.
        PublishError: some records without a result may have been sent; a repetition is safe.
    """
    topics = Topics.named(settings.kafka_prefix)
    with ExitStack() as stack:
        databases = settings.databases.map(
            lambda each: stack.enter_context(postgres(each.dsn, "dead-letters"))
        )
        latest = _latest_states(settings, topics, databases)
        remaining = iter(chosen)
        while chunk := list(islice(remaining, CHUNK)):
            reasons = {each.id: unsendable_reason(each, topics) for each in chunk}
            sendable = [each for each in chunk if reasons[each.id] is None]
            obsolete: dict[DeadLetterId, str] = {}
            for name, connection in databases.named.items():
                own = [each for each in sendable if databases.has(name, _tenant(each))]
                obsolete |= _obsolete(connection, own, topics.states)
            for each in sendable:
                superseded = _superseded(each, latest) if each.origin.topic == topics.states.name else None
                reasons[each.id] = obsolete.get(each.id) or superseded
            if not dry_run:
                records = [
                    _record(each, topics.heartbeats.name) for each in sendable if reasons[each.id] is None
                ]
                publish(settings, "dead-letters", records)
            for each in chunk:
                yield RedriveResult(each.id, each.origin.topic, each.origin.partition, reasons[each.id])


def _record(each: DeadLetterRecord, heartbeats: str) -> ProducerRecord:
    # A heartbeat goes where its person's are now: the topic may have more partitions than it had then.
    by_key = each.key and each.origin.topic == heartbeats
    partition = None if by_key else each.origin.partition
    return ProducerRecord(each.origin.topic, each.key, each.value, partition)


def _latest_states(
    settings: RedriveSettings, topics: Topics, databases: ByTenant[psycopg.Connection[TupleRow]]
) -> dict[bytes, DeadLetterId | None]:
    """The latest dead letter of each state's key; None if the states topic has a later state to be stored."""
    # Of a key that was moved by a repartition, the states of the higher partition are the later ones.
    latest: dict[bytes, tuple[tuple[int, int], DeadLetterId | None]] = {}
    for each in dead_letters(settings, DeadLetterFilter()):
        if each.origin.topic == topics.states.name:
            at = (each.origin.partition, each.origin.offset)
            if at >= latest.get(each.key, ((-1, -1), None))[0]:
                latest[each.key] = (at, each.id)
    if latest:
        # From where the database that is furthest behind is: a state may wait for its tenant's alone.
        stored = of_all([stored_offsets(each, topics.states.name) for each in databases.named.values()], min)
        for message in read_topic(settings, topics.states.name, positions=stored):
            known = latest.get(message.key())
            if known is not None and message.partition() >= known[0][0]:
                latest[message.key()] = ((message.partition(), message.offset()), None)
    return {key: place for key, (_, place) in latest.items()}


def _tenant(record: DeadLetterRecord) -> TenantId:
    return TenantId("" if record.person is None else record.person[0])


def _superseded(record: DeadLetterRecord, latest: dict[bytes, DeadLetterId | None]) -> str | None:
    place = latest.get(record.key)
    if place == record.id:
        return None
    if place is None:
        return "a later state of it waits in the log"
    return f"dead letter {place} is a later state of it"


def _obsolete(
    connection: psycopg.Connection, records: Sequence[DeadLetterRecord], states: Topic
) -> dict[DeadLetterId, str]:
    """Why a record would change nothing: PostgreSQL has its state or a later one, or its person is erased."""
    people = {each.person for each in records if each.person is not None}
    wanted = {"tenants": [tenant for tenant, _ in people], "people": [person for _, person in people]}
    erased = set(connection.execute(_ERASED, wanted).fetchall())
    found = _overtaken(connection, [each for each in records if each.origin.topic == states.name])
    return found | {each.id: "the person was erased" for each in records if each.person in erased}


def _overtaken(
    connection: psycopg.Connection, records: Sequence[DeadLetterRecord]
) -> dict[DeadLetterId, str]:
    states = {each.id: state for each in records if (state := each.state) is not None}
    wanted = {
        "tenants": [each.tenant_id for each in states.values()],
        "people": [each.user_id for each in states.values()],
        "contents": [each.content_id for each in states.values()],
    }
    rows = connection.execute(_STORED, wanted)
    stored = {tuple(ids): (partition, offset) for *ids, partition, offset in rows}
    found: dict[DeadLetterId, str] = {}
    for place, state in states.items():
        key = (state.tenant_id, state.user_id, state.content_id, state.part)
        if stored.get(key, (-1, -1)) >= (state.source_partition, state.source_offset):
            found[place] = "PostgreSQL has this state of it, or a later one"
    return found
