"""How librdkafka's clients are configured."""

from __future__ import annotations

from playhead.kafka.connection import client_properties, consumer_properties
from playhead.settings import KafkaSettings


def test_without_settings_a_client_connects_in_plain_text() -> None:
    assert client_properties(KafkaSettings(kafka_servers="a:1,b:2"), "me") == {
        "bootstrap.servers": "a:1,b:2",
        "client.id": "me",
        "security.protocol": "PLAINTEXT",
    }


def test_a_consumer_names_its_rack_and_itself() -> None:
    settings = KafkaSettings(kafka_client_rack="zone-b", kafka_instance_id="sink-0")
    found = consumer_properties(settings, "me")
    assert (found["client.rack"], found["group.instance.id"]) == ("zone-b", "sink-0")
    assert not {"client.rack", "group.instance.id"} & consumer_properties(KafkaSettings(), "me").keys()
