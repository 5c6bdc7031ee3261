"""The processor's peer on Faust, a process: `python -m benchmarks.faust_peer GROUP`.

Both peers, this and `quixstreams_peer`, do what the processor does with the same kernel, a heartbeat at a
time, as their documentation shows: decode, load from Redis, apply, save to Redis, send the state. They do
less: no fence against a second worker, no ledger, no live message; what a crash leaves between Redis and
Kafka is never published.

This one is an agent with `async for event in stream`, an actor for each partition (`isolated_partitions`), so
that one waits for Redis while another computes; plain `concurrency` would do the same and let two heartbeats
of one person overtake each other.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import faust
from redis.asyncio import Redis as AsyncRedis

from benchmarks.peer_step import LINGER_MS, advance, hash_of, key_of
from playhead.settings import ProcessorSettings
from playhead.wire.codec import encode
from playhead.wire.heartbeats import decode_heartbeat
from playhead.wire.topics import Topic, Topics


def main(settings: ProcessorSettings, group: str) -> None:
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


if __name__ == "__main__":
    main(ProcessorSettings(), sys.argv[1])
