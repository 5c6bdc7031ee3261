"""The processor's peers, each a process: `python -m benchmarks.processor_peers NAME GROUP`.

Both do what the processor does with the same kernel, a heartbeat at a time, as their documentation shows:
decode, load from Redis, apply, save to Redis, send the state. They do less: no fence against a second
worker, no ledger, no live message; what a crash leaves between Redis and Kafka is never published.

`faust` is an agent with `async for event in stream`, an actor for each partition (`isolated_partitions`), so
that one waits for Redis while another computes; plain `concurrency` would do the same and let two heartbeats
of one person overtake each other. `quixstreams` is a dataframe with `apply` and `to_topic`.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import faust
from msgspec import Raw
from quixstreams import Application
from quixstreams.models import Serializer
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from benchmarks.harness import KEYS
from playhead.progress import NOTHING, Heartbeat, Policy, apply, summarize
from playhead.settings import ProcessorSettings
from playhead.wire.codec import encode
from playhead.wire.heartbeats import decode_heartbeat
from playhead.wire.keys import person_key, state_key
from playhead.wire.progress import decode_progress, encode_progress
from playhead.wire.states import State
from playhead.wire.topics import Topic, Topics

POLICY = Policy()
LINGER_MS = 5
"""As our publisher: larger requests, less work for everyone."""


def hash_of(heartbeat: Heartbeat) -> str:
    """The Redis hash of the person."""
    return KEYS.progress_hash(0, person_key(heartbeat.tenant_id, heartbeat.user_id))


def advance(heartbeat: Heartbeat, stored: bytes | None, partition: int, offset: int) -> State | None:
    """The state after the heartbeat; None where it changes nothing."""
    before = NOTHING if stored is None else decode_progress(stored)
    after = apply(before, heartbeat, POLICY)
    if after is before:
        return None
    return State(
        v=2,
        tenant_id=heartbeat.tenant_id,
        user_id=heartbeat.user_id,
        content_id=heartbeat.content_id,
        source_partition=partition,
        source_offset=offset + 1,
        touched=() if heartbeat.session_id is None else (heartbeat.session_id,),
        summary=summarize(after, POLICY),
        progress=Raw(encode_progress(after)),
    )


def key_of(state: State) -> bytes:
    """The state's key."""
    return state_key(state.tenant_id, state.user_id, state.content_id).encode()


def with_faust(settings: ProcessorSettings, group: str) -> None:
    """Run a stock Faust worker."""
    topics = Topics.named(settings.kafka_prefix)
    app = faust.App(
        group,
        broker=f"kafka://{settings.kafka_servers}",
        autodiscover=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
        producer_compression_type="lz4",
        producer_linger_ms=LINGER_MS,
    )

    def raw(topic: Topic) -> Any:
        return app.topic(
            topic.name, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
        )

    heartbeats, states = raw(topics.heartbeats), raw(topics.states)
    redis: Any = AsyncRedis.from_url(settings.redis_url)  # redis-py types both its clients at once

    async def keep(stream: Any) -> None:
        async for event in stream.events():
            heartbeat = decode_heartbeat(event.value)
            place = event.message
            person = hash_of(heartbeat)
            stored = await redis.hget(person, heartbeat.content_id)
            state = advance(heartbeat, stored, place.partition, place.offset)
            if state is not None:
                await redis.hset(person, heartbeat.content_id, bytes(state.progress))
                await states.send(key=key_of(state), value=encode(state), partition=place.partition)

    app.agent(heartbeats, name="keep", isolated_partitions=True)(keep)
    logging.disable(logging.INFO)  # else debug records are made for every message, and dropped
    sys.argv = ["faust", "worker", "--without-web", "--loglevel", "warn"]
    app.main()


class StateSerializer(Serializer):
    """A state to its bytes."""

    def __call__(self, value: Any, ctx: Any) -> bytes:  # noqa: ARG002 - its signature
        """Encode."""
        return encode(value)


def with_quixstreams(settings: ProcessorSettings, group: str) -> None:
    """Run a stock quixstreams application."""
    topics = Topics.named(settings.kafka_prefix)
    app = Application(
        settings.kafka_servers,
        consumer_group=group,
        auto_offset_reset="earliest",
        auto_create_topics=False,
        use_changelog_topics=False,
        loglevel="WARNING",
        producer_extra_config={"compression.type": "lz4", "linger.ms": LINGER_MS},
    )
    heartbeats = app.topic(topics.heartbeats.name, key_deserializer="bytes", value_deserializer="bytes")
    states = app.topic(topics.states.name, key_serializer="bytes", value_serializer=StateSerializer())
    redis: Any = Redis.from_url(settings.redis_url)

    def keep(value: bytes, key: bytes, timestamp: int, headers: Any) -> State | None:  # noqa: ARG001 - its signature
        heartbeat = decode_heartbeat(value)
        person = hash_of(heartbeat)
        state = advance(heartbeat, redis.hget(person, heartbeat.content_id), 0, 0)
        if state is not None:
            redis.hset(person, heartbeat.content_id, bytes(state.progress))
        return state

    frame = app.dataframe(heartbeats).apply(keep, metadata=True).filter(lambda state: state is not None)
    frame.to_topic(states, key=key_of)
    app.run()


if __name__ == "__main__":
    {"faust": with_faust, "quixstreams": with_quixstreams}[sys.argv[1]](ProcessorSettings(), sys.argv[2])
