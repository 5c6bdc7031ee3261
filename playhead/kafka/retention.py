"""How long a topic keeps its records, as the brokers say."""

from __future__ import annotations

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource

from playhead.settings import KafkaSettings

REQUEST_SECONDS = 10.0
_RETENTION = "retention.ms"


def retention_ms(settings: KafkaSettings, topics: list[str]) -> dict[str, int] | None:
    """By topic, in ms; below zero is for ever. None where no broker tells."""
    admin = AdminClient(
        {"bootstrap.servers": settings.kafka_servers, "client.id": "playhead-retention", "log_level": 0}
    )
    asked = [ConfigResource(ConfigResource.Type.TOPIC, topic) for topic in topics]
    try:
        futures = admin.describe_configs(asked, request_timeout=REQUEST_SECONDS)
        return {each.name: int(future.result()[_RETENTION].value) for each, future in futures.items()}
    except KafkaException:
        return None
