"""Reading the dead-letter topic, and whatever else has to be looked through from somewhere to its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from heapq import nlargest
from time import monotonic

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from operations.dead_letters.errors import LettersUnavailableError, NoSuchLetterError
from operations.dead_letters.letters import KeptLetter, Place, Wanted
from playhead.causes import cause_of
from playhead.settings import KafkaSettings
from playhead.wire.dead_letters import LEFT_OUT, DeadLetter
from playhead.wire.topics import Topics

SILENCE_SECONDS = 10.0
"""Without a record for so long, the brokers are taken to be away."""
_CHUNK = 1_000
_POLL_SECONDS = 0.1


def letters(settings: KafkaSettings, wanted: Wanted) -> Iterator[KeptLetter]:
    """The wanted letters that are there now, those of each partition in their order.

    Raises:
        LettersUnavailableError: Kafka does not answer.
    """
    topic = Topics.named(settings.kafka_prefix).dead_letters.name
    for message in records(settings, topic, since=wanted.since):
        kept = _kept(message)
        if kept is not None and wanted.has(kept):
            yield kept


def latest(settings: KafkaSettings, wanted: Wanted, limit: int) -> list[KeptLetter]:
    """The latest of the wanted letters, the oldest of them first.

    Raises:
        LettersUnavailableError: Kafka does not answer.
    """
    return sorted(nlargest(limit, letters(settings, wanted), key=_age), key=_age)


def _age(kept: KeptLetter) -> tuple[datetime, Place]:
    return kept.at, kept.place


def letter_at(settings: KafkaSettings, place: Place) -> KeptLetter:
    """One letter.

    Raises:
        NoSuchLetterError: it has expired, or never was.
        LettersUnavailableError: Kafka does not answer.
    """
    topic = Topics.named(settings.kafka_prefix).dead_letters.name
    for message in records(settings, topic, {place.partition: place.offset}):
        kept = _kept(message) if message.offset() == place.offset else None
        if kept is not None:
            return kept
        break
    raise NoSuchLetterError(f"{topic} has no dead letter at {place}; letters are kept for 30 days")


def records(
    settings: KafkaSettings,
    topic: str,
    starts: Mapping[int, int] | None = None,
    *,
    since: datetime | None = None,
) -> Iterator[Message]:
    """A topic's records up to its end as of now: from offsets by partition, or all since a time.

    Raises:
        LettersUnavailableError: Kafka does not answer, or does not have the topic.
    """
    consumer = Consumer(
        {
            "bootstrap.servers": settings.kafka_servers,
            "group.id": f"{settings.kafka_prefix}playhead-dead-letters",  # commits nothing
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",  # what lay there has left the log
            "enable.partition.eof": True,
            "log_level": 0,  # what there is to say is raised
        }
    )
    try:
        places = _places(consumer, topic, starts, since)
        consumer.assign(places)
        yield from _up_to_the_end(consumer, {each.partition for each in places})
    except KafkaException as error:
        raise LettersUnavailableError(
            f"Kafka does not answer (PLAYHEAD_KAFKA_SERVERS): {cause_of(error)}"
        ) from error
    finally:
        consumer.close()


def _places(
    consumer: Consumer, topic: str, starts: Mapping[int, int] | None, since: datetime | None
) -> list[TopicPartition]:
    found = consumer.list_topics(topic, timeout=SILENCE_SECONDS).topics[topic]
    if found.error is not None:
        raise LettersUnavailableError(
            f"topic {topic}: {cause_of(found.error)}. Has `playhead migrate` been run?"
        )
    if starts is not None:
        return [TopicPartition(topic, *place) for place in starts.items() if place[0] in found.partitions]
    if since is None:
        return [TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in found.partitions]
    at = int(since.timestamp() * 1000)
    return list(
        consumer.offsets_for_times(
            [TopicPartition(topic, partition, at) for partition in found.partitions], timeout=SILENCE_SECONDS
        )
    )


def _up_to_the_end(consumer: Consumer, partitions: set[int]) -> Iterator[Message]:
    heard = monotonic()
    while partitions:
        messages = consumer.consume(_CHUNK, _POLL_SECONDS)
        if messages:
            heard = monotonic()
        elif monotonic() - heard > SILENCE_SECONDS:
            raise LettersUnavailableError("Kafka does not answer (PLAYHEAD_KAFKA_SERVERS)")
        for message in messages:
            error = message.error()
            if error is None:
                if message.partition() in partitions:  # its end was seen; what came since is another time's
                    yield message
            elif error.code() == KafkaError._PARTITION_EOF:
                partitions.discard(message.partition())
            else:
                raise KafkaException(error)


def _kept(message: Message) -> KeptLetter | None:
    """None for a record that is no dead letter of ours."""
    headers = dict(message.headers() or [])
    try:
        letter = DeadLetter.of([(name, value) for name, value in headers.items() if value is not None])
    except (KeyError, ValueError):
        return None
    return KeptLetter(
        place=Place(message.partition(), message.offset()),
        at=datetime.fromtimestamp(message.timestamp()[1] / 1000, UTC),
        letter=letter,
        key=message.key() or b"",
        value=message.value() or b"",
        is_whole=LEFT_OUT not in headers,
    )
