"""Sending dead letters to where they came from, once what refused them takes them.

A heartbeat is joined, so sending it twice changes nothing. A state is stored only where it is the latest. But
the topic of states is compacted: an old state behind a newer one would let compaction take the newer away.
So of states only the latest that there is of a key is sent, and none of which PostgreSQL, or the part of the
topic that it does not have yet, has a later one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct

from operations.dead_letters.letters import KeptLetter, Place, Wanted, obstacle
from operations.dead_letters.stored import Stored, connected
from operations.dead_letters.topic import letters, records
from playhead.kafka.publisher import ProducerRecord, Publisher
from playhead.settings import RedriveSettings
from playhead.wire.topics import Topics

ACK_SECONDS = 30.0
CHUNK = 500
"""Letters that are judged, sent and acknowledged together."""


class Redriven(Struct, frozen=True):
    """What became of one letter."""

    letter: Place
    topic: str
    partition: int
    left: str | None
    """Why it was not sent; None where it was, or would be in a dry run."""


def redrive(settings: RedriveSettings, chosen: Iterable[KeptLetter], *, dry_run: bool) -> Iterator[Redriven]:
    """Send each letter's bytes and key to its source topic and partition; say of each what became of it.

    Raises:
        LettersUnavailableError: Kafka or PostgreSQL does not answer.
        PublishError: of the letters not reported yet, some may have been sent: doing it again is safe.
    """
    topics = Topics.named(settings.kafka_prefix)
    with connected(settings.postgres_dsn) as stored:
        latest = _latest_states(settings, topics, stored)
        remaining = iter(chosen)
        while chunk := list(islice(remaining, CHUNK)):
            pointless = stored.obstacles(
                [each for each in chunk if not obstacle(each, topics)], topics.states
            )
            left = {
                each.place: obstacle(each, topics)
                or pointless.get(each.place)
                or (_superseded(each, latest) if each.letter.topic == topics.states.name else None)
                for each in chunk
            }
            if not dry_run:
                asyncio.run(_send(settings, [each for each in chunk if left[each.place] is None]))
            for each in chunk:
                yield Redriven(each.place, each.letter.topic, each.letter.partition, left[each.place])


def _latest_states(settings: RedriveSettings, topics: Topics, stored: Stored) -> dict[bytes, Place | None]:
    """Of each key of a state among the letters, the latest; None where a later one waits in the log."""
    latest: dict[bytes, tuple[int, Place | None]] = {}
    for each in letters(settings, Wanted()):
        if each.letter.topic == topics.states.name:
            known = latest.get(each.key, (-1, None))
            if each.letter.offset >= known[0]:
                latest[each.key] = (each.letter.offset, each.place)
    if latest:
        starts = dict.fromkeys(range(settings.kafka_partitions), 0) | stored.positions(topics.states)
        for message in records(settings, topics.states.name, starts):
            if message.key() in latest:
                latest[message.key()] = (message.offset(), None)
    return {key: place for key, (_, place) in latest.items()}


def _superseded(kept: KeptLetter, latest: dict[bytes, Place | None]) -> str | None:
    place = latest.get(kept.key)
    if place == kept.place:
        return None
    return (
        "a later state of it waits in the log" if place is None else f"letter {place} is a later state of it"
    )


async def _send(settings: RedriveSettings, chosen: list[KeptLetter]) -> None:
    if not chosen:
        return
    async with Publisher(
        settings, client_id="playhead-dead-letters", ack_timeout_seconds=ACK_SECONDS
    ) as publisher:
        await publisher.publish(
            [
                ProducerRecord(each.letter.topic, each.key, each.value, each.letter.partition)
                for each in chosen
            ]
        )
