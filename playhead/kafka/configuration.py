"""How the publisher sets up librdkafka."""

from __future__ import annotations

from typing import Any

from playhead.kafka.agreement import METADATA_MS
from playhead.settings import KafkaSettings

GIVE_UP_EARLIER_SECONDS = 1.25
"""Margin before the ack timeout: librdkafka expires records only once a second."""


def producer_configuration(
    settings: KafkaSettings, client_id: str, ack_timeout_seconds: float, max_in_flight: int, linger_ms: int
) -> dict[str, Any]:
    """Give librdkafka's properties of an idempotent producer that gives up before the ack timeout."""
    return {
        "bootstrap.servers": settings.kafka_servers,
        "client.id": client_id,
        "acks": "all",
        "enable.idempotence": True,
        "compression.type": "lz4",
        "linger.ms": linger_ms,
        "partitioner": "murmur2_random",
        "delivery.timeout.ms": max(_give_up_ms(ack_timeout_seconds), linger_ms + 1),
        # The bound is kept by `publish`; this one only has to be out of its way.
        "queue.buffering.max.messages": max_in_flight + 1,
        "queue.buffering.max.kbytes": 262_144,
        # A broker that comes back is found within a second, not after the default's ten.
        "reconnect.backoff.ms": 100,
        "reconnect.backoff.max.ms": 1_000,
        "topic.metadata.refresh.interval.ms": METADATA_MS,
        "log.connection.close": False,
    }


def _give_up_ms(ack_timeout: float) -> int:
    return int(max(ack_timeout - GIVE_UP_EARLIER_SECONDS, ack_timeout / 2) * 1000)
