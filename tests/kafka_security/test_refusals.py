"""Each kind of login works, and one that is refused names the setting that is wrong."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth
from pydantic import ValidationError

from playhead.kafka.connection import refusal
from playhead.kafka.topics import BrokerUnreachableError, TopicRefusedError, ensure_topics, inspect_topics
from playhead.settings import KafkaSettings
from stream_processors.consumer.credentials import faust_credentials
from tests.kafka_security.broker import PASSWORD, SecureKafka
from tests.kafka_security.certificates import Authority
from tests.kafka_security.issuer import SECRET

pytestmark = pytest.mark.services

WITHIN_S = 60.0
"""For the brokers to refuse a connection; it takes a second."""


def by_password(broker: SecureKafka, mechanism: str = "SCRAM-SHA-512", **changed: Any) -> KafkaSettings:
    given = {
        "kafka_servers": broker.sasl_servers,
        "kafka_security_protocol": "SASL_SSL",
        "kafka_sasl_mechanism": mechanism,
        "kafka_sasl_username": "ingest",
        "kafka_sasl_password": PASSWORD,
        "kafka_ssl_ca": broker.authority.path,
    }
    return KafkaSettings.model_validate(given | changed)


def by_certificate(broker: SecureKafka, name: str, *, days: int = 30) -> KafkaSettings:
    own = broker.authority.sign(name, days=days)
    return KafkaSettings.model_validate(
        {
            "kafka_servers": broker.tls_servers,
            "kafka_security_protocol": "SSL",
            "kafka_ssl_ca": broker.authority.path,
            "kafka_ssl_certificate": own.certificate,
            "kafka_ssl_key": own.key,
        }
    )


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_a_password_logs_in(broker: SecureKafka, mechanism: str) -> None:
    assert {each.outcome for each in inspect_topics(by_password(broker, mechanism))} <= {"missing", "differs"}


def test_a_certificate_logs_in(broker: SecureKafka) -> None:
    assert {each.outcome for each in inspect_topics(by_certificate(broker, "ingest"))} <= {
        "missing",
        "differs",
    }


def by_token(broker: SecureKafka, issuer: str, secret: str = SECRET) -> KafkaSettings:
    return by_password(
        broker,
        "OAUTHBEARER",
        kafka_sasl_username=None,
        kafka_sasl_password=None,
        kafka_oauth_token_url=issuer,
        kafka_oauth_client_id="ingest",
        kafka_oauth_client_secret=secret,
    )


async def of_faust(settings: KafkaSettings) -> set[str]:
    """The topics that aiokafka's client may see, as Faust makes it."""
    login = credentials_to_aiokafka_auth(faust_credentials(settings))
    client = AIOKafkaConsumer(bootstrap_servers=settings.kafka_servers, **login)
    try:
        await client.start()
        return set(await client.topics())
    finally:
        await client.stop()


def test_a_token_logs_in(broker: SecureKafka, issuer: str) -> None:
    settings = by_token(broker, issuer)
    assert [each.outcome for each in inspect_topics(settings)] == ["missing"] * 3
    assert asyncio.run(of_faust(settings)) is not None


def test_an_issuer_that_gives_no_token_names_its_setting(broker: SecureKafka, issuer: str) -> None:
    said = refusal(by_token(broker, issuer, "another"), WITHIN_S)
    assert said is not None
    assert "PLAYHEAD_KAFKA_OAUTH_CLIENT_ID" in said


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
def test_a_wrong_password_names_its_setting(broker: SecureKafka, mechanism: str) -> None:
    said = refusal(by_password(broker, mechanism, kafka_sasl_password="wrong-pony"), WITHIN_S)
    assert said is not None
    assert "PLAYHEAD_KAFKA_SASL_PASSWORD" in said
    assert "wrong-pony" not in said


def test_an_expired_certificate_names_its_setting(broker: SecureKafka) -> None:
    with pytest.raises(BrokerUnreachableError, match="PLAYHEAD_KAFKA_SSL_CERTIFICATE expired"):
        inspect_topics(by_certificate(broker, "late", days=-1))


def test_an_authority_that_did_not_sign_the_brokers_names_its_setting(broker: SecureKafka) -> None:
    other = Authority(broker.home, "another")
    said = refusal(by_password(broker, kafka_ssl_ca=other.path), WITHIN_S)
    assert said is not None
    assert "PLAYHEAD_KAFKA_SSL_CA" in said
    assert "certificate verify failed" in said


def test_a_right_that_is_missing_is_named(broker: SecureKafka) -> None:
    settings = by_password(broker, kafka_sasl_username="nobody", kafka_prefix="denied-")
    with pytest.raises(
        TopicRefusedError, match=r"topic denied-.*lacks a right to the topic .PLAYHEAD_KAFKA_SASL_USERNAME"
    ):
        ensure_topics(settings)


def test_a_broker_that_is_away_is_not_said_to_refuse() -> None:
    assert refusal(KafkaSettings(kafka_servers="127.0.0.1:9"), seconds=1) is None


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"security_protocol": "SASL_SSL"}, "PLAYHEAD_KAFKA_SASL_MECHANISM is not set"),
        (
            {"security_protocol": "SASL_SSL", "sasl_mechanism": "SCRAM-SHA-512", "sasl_username": "a"},
            "PLAYHEAD_KAFKA_SASL_PASSWORD is not set, which SCRAM-SHA-512 needs",
        ),
        (
            {"security_protocol": "SASL_SSL", "sasl_mechanism": "OAUTHBEARER"},
            "PLAYHEAD_KAFKA_OAUTH_TOKEN_URL is not set",
        ),
        ({"oauth_token_url": "https://me:secret@issuer.example/token"}, "TOKEN_URL names a user"),
        ({"sasl_username": "a"}, "PLAYHEAD_KAFKA_SASL_USERNAME has no effect, as PLAYHEAD_KAFKA_SECURITY"),
        ({"ssl_ca": __file__}, "PLAYHEAD_KAFKA_SSL_CA has no effect"),
        ({"security_protocol": "SSL", "ssl_key": __file__}, "are set together or not at all"),
        ({"security_protocol": "SSL", "ssl_ca": "/no/such/file"}, "kafka_ssl_ca"),
    ],
)
def test_half_a_login_is_refused_at_the_start(given: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        KafkaSettings.model_validate({f"kafka_{name}": value for name, value in given.items()})
