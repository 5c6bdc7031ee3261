"""What each service uses, and the checks of it in the order of the pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from confluent_kafka.admin import AclOperation

from operations.check.issuer import issuer_checks
from operations.check.kafka import KafkaNeeds, kafka_checks
from operations.check.postgres import postgres_checks
from operations.check.redis import redis_checks
from operations.local.checks import Check
from operations.local.running_stack import read_settings
from playhead.settings import (
    DEFAULT,
    IngestSettings,
    KafkaSettings,
    ProcessorSettings,
    QuerySettings,
    SinkSettings,
)
from playhead.wire.topics import Topics, repartition_mark, sink_group
from stream_processors.consumer.application import GROUP

SERVICES: Final = ("ingest", "processor", "sink", "query")
_READ, _WRITE = AclOperation.READ, AclOperation.WRITE


def service_checks(service: str, data_dir: Path) -> Iterator[Check]:
    """The checks of one of `SERVICES`."""
    yield from _CHECKS[service](data_dir)


def ingest_needs(settings: KafkaSettings) -> KafkaNeeds:
    """The rights of ingest; as for the others, docs/operations/kafka.md lists them."""
    topics = Topics.named(settings.kafka_prefix)
    return KafkaNeeds({topics.heartbeats.name: {_WRITE}}, repartition_mark(settings.kafka_prefix))


def processor_needs(settings: KafkaSettings) -> KafkaNeeds:
    """The rights of the processor."""
    topics = Topics.named(settings.kafka_prefix)
    needs = {
        topics.heartbeats.name: {_READ},
        topics.states.name: {_WRITE},
        topics.dead_letters.name: {_WRITE},
    }
    return KafkaNeeds(needs, group=f"{settings.kafka_prefix}{GROUP}")


def sink_needs(settings: KafkaSettings, database: str = DEFAULT) -> KafkaNeeds:
    """The rights of the sinks of a database."""
    topics = Topics.named(settings.kafka_prefix)
    needs = {
        topics.heartbeats.name: {_WRITE},
        topics.states.name: {_READ, _WRITE},
        topics.dead_letters.name: {_WRITE},
    }
    group = sink_group(settings.kafka_prefix, database)
    return KafkaNeeds(needs, repartition_mark(settings.kafka_prefix), group)


def _ingest(data_dir: Path) -> Iterator[Check]:
    settings = read_settings(IngestSettings, data_dir)
    yield from kafka_checks(settings, ingest_needs(settings))
    yield from redis_checks(settings, "ingest")
    yield from postgres_checks(settings, "reader")
    yield from issuer_checks(settings)


def _processor(data_dir: Path) -> Iterator[Check]:
    settings = read_settings(ProcessorSettings, data_dir)
    yield from kafka_checks(settings, processor_needs(settings))
    yield from redis_checks(settings, "processor")
    yield from postgres_checks(settings, "writer")


def _sink(data_dir: Path) -> Iterator[Check]:
    settings = read_settings(SinkSettings, data_dir)
    yield from kafka_checks(settings, sink_needs(settings, settings.sink_database))
    yield from postgres_checks(settings, "writer", only=settings.sink_database)


def _query(data_dir: Path) -> Iterator[Check]:
    settings = read_settings(QuerySettings, data_dir)
    yield from redis_checks(settings, "query")
    yield from postgres_checks(settings, "reader", replicas=True)
    yield from issuer_checks(settings)


_CHECKS = {"ingest": _ingest, "processor": _processor, "sink": _sink, "query": _query}
