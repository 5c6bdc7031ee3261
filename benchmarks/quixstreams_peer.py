"""The processor's peer that runs in an environment of its own: `python -m benchmarks.quixstreams_peer GROUP`.

A dataframe with `apply` and `to_topic`, as quixstreams' documentation shows; `faust_peer` says what both
peers do. quixstreams permits no newer confluent-kafka, so `make bench` installs it apart
(`benchmarks/peers.in`), and only the kernel is imported here.
"""

from __future__ import annotations

import sys
from typing import Any

from quixstreams import Application
from quixstreams.models import Serializer
from redis import Redis

from benchmarks.peer_step import LINGER_MS, advance, hash_of, key_of
from playhead.settings import KafkaSettings, RedisSettings
from playhead.wire.codec import encode
from playhead.wire.heartbeats import decode_heartbeat
from playhead.wire.states import State
from playhead.wire.topics import Topics


class StateSerializer(Serializer):
    """A state to its bytes."""

    def __call__(self, value: Any, ctx: Any) -> bytes:  # noqa: ARG002 - its signature
        """Encode."""
        return encode(value)


def main(servers: str, redis_url: str, group: str) -> None:
    """Run a stock quixstreams application."""
    topics = Topics.named()
    app = Application(
        servers,
        consumer_group=group,
        auto_offset_reset="earliest",
        auto_create_topics=False,
        use_changelog_topics=False,
        loglevel="WARNING",
        producer_extra_config={"compression.type": "lz4", "linger.ms": LINGER_MS},
    )
    heartbeats = app.topic(topics.heartbeats.name, key_deserializer="bytes", value_deserializer="bytes")
    states = app.topic(topics.states.name, key_serializer="bytes", value_serializer=StateSerializer())
    redis: Any = Redis.from_url(redis_url)

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
    main(KafkaSettings().kafka_servers, RedisSettings().redis_url, sys.argv[1])
