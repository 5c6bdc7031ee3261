"""Whether a repartition is under way, or was killed."""

from __future__ import annotations

from operations.stores import kafka_errors
from playhead.kafka.repartition_mark import RepartitionMark
from playhead.settings import KafkaSettings
from playhead.wire.topics import repartition_mark

KAFKA_SECONDS = 5.0


def repartition_faults(settings: KafkaSettings) -> list[str]:
    """One sentence while a repartition keeps saves waiting, else none."""
    with kafka_errors(settings, f"Describe on topic {repartition_mark(settings.kafka_prefix)}"):
        if not RepartitionMark(settings, "playhead-status").exists(KAFKA_SECONDS):
            return []
    return [
        (
            "a repartition is under way, and saves are answered 503; if its command was killed, run "
            "`playhead repartition` again, with the same --partitions or with --abort"
        )
    ]
