"""From a save to PostgreSQL by encrypted connections, each service with the least rights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

import httpx
import psycopg
import pytest
from confluent_kafka.admin import AclOperation, ResourceType
from typer.testing import CliRunner

from operations.cli.main import app
from playhead.identity import mint_development_token
from playhead.kafka.topics import ensure_topics
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import KafkaSettings, PostgresSettings, SinkSettings
from playhead.wire.topics import Topics, repartition_mark, sink_group
from stream_processors.consumer.application import GROUP
from tests.ingest.process import running_ingest
from tests.kafka_security import signer
from tests.kafka_security.broker import PASSWORD, Right, SecureKafka
from tests.services import PARTITIONS
from tests.sinks.running import sink_process
from tests.stream_processors.process import Worker, eventually

pytestmark = [pytest.mark.services, pytest.mark.faults]

TENANT = TenantId("5c0e1b1e-3f55-4d0c-8a37-0d8d5d3f6a11")
USER = UserId("0f8f4f0c-9a41-4f6e-9d38-6b1a5c1f2e22")
CONTENT = "7d3c2b1a-5e4f-4a3b-8c2d-1e0f9a8b7c33"
TOPIC, OF_GROUP = ResourceType.TOPIC, ResourceType.GROUP
READ, WRITE, DESCRIBE = AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE
Login = Callable[[str], Mapping[str, str]]
Kind = Callable[[SecureKafka], tuple[str, Login]]
"""How the broker names a user, and how the user logs in."""


def rights(prefix: str) -> dict[str, list[Right]]:
    """What docs/operations/kafka.md gives each service."""
    topics = Topics.named(prefix)
    heartbeats, states, dead = topics.heartbeats.name, topics.states.name, topics.dead_letters.name
    every, mark = (heartbeats, states, dead), (TOPIC, repartition_mark(prefix), DESCRIBE)
    prepare = (AclOperation.CREATE, DESCRIBE, AclOperation.DESCRIBE_CONFIGS)
    return {
        "migrate": [(TOPIC, name, each) for name in every for each in prepare],
        "ingest": [mark, *((TOPIC, heartbeats, each) for each in (WRITE, DESCRIBE))],
        "processor": [
            (TOPIC, heartbeats, READ),
            *((TOPIC, name, WRITE) for name in (states, dead)),
            (OF_GROUP, f"{prefix}{GROUP}", READ),
        ],
        "sink": [
            mark,
            (TOPIC, states, READ),
            *((TOPIC, name, WRITE) for name in (heartbeats, states, dead)),
            (OF_GROUP, sink_group(prefix), READ),
        ],
        "operator": [
            mark,
            (TOPIC, heartbeats, DESCRIBE),
            (TOPIC, states, READ),
            *((OF_GROUP, name, DESCRIBE) for name in (sink_group(prefix), f"{prefix}playhead-operator")),
        ],
    }


def scram(broker: SecureKafka) -> tuple[str, Login]:
    common = {
        "PLAYHEAD_KAFKA_SERVERS": broker.sasl_servers,
        "PLAYHEAD_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "PLAYHEAD_KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
        "PLAYHEAD_KAFKA_SASL_PASSWORD": PASSWORD,
        "PLAYHEAD_KAFKA_SSL_CA": str(broker.authority.path),
    }
    return "User:{}", lambda user: common | {"PLAYHEAD_KAFKA_SASL_USERNAME": user}


def certificates(broker: SecureKafka) -> tuple[str, Login]:
    def login(user: str) -> dict[str, str]:
        own = broker.authority.sign(user)
        return {
            "PLAYHEAD_KAFKA_SERVERS": broker.tls_servers,
            "PLAYHEAD_KAFKA_SECURITY_PROTOCOL": "SSL",
            "PLAYHEAD_KAFKA_SSL_CA": str(broker.authority.path),
            "PLAYHEAD_KAFKA_SSL_CERTIFICATE": str(own.certificate),
            "PLAYHEAD_KAFKA_SSL_KEY": str(own.key),
        }

    return "User:CN={}", login


def iam(broker: SecureKafka) -> tuple[str, Login]:
    common = {
        "PLAYHEAD_KAFKA_SERVERS": broker.sasl_servers,
        "PLAYHEAD_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "PLAYHEAD_KAFKA_SASL_MECHANISM": "AWS_MSK_IAM",
        "PLAYHEAD_KAFKA_AWS_REGION": signer.REGION,
        "PLAYHEAD_KAFKA_SSL_CA": str(broker.authority.path),
    }
    return "User:{}", lambda user: common | signer.credentials(user)


@pytest.mark.parametrize(
    "kind", [scram, *(pytest.param(each, marks=pytest.mark.chaos) for each in (certificates, iam))]
)
def test_a_save_reaches_postgres_with_the_least_rights(
    broker: SecureKafka, environment: pytest.MonkeyPatch, tmp_path: Path, kind: Kind
) -> None:
    principal, login = kind(broker)
    signer.install(environment, tmp_path, token_seconds=10)
    prefix = f"{kind.__name__}-"
    environment.setenv("PLAYHEAD_KAFKA_PREFIX", prefix)

    def become(user: str) -> None:
        for name, value in login(user).items():
            environment.setenv(name, value)
        signer.forget_credentials()

    for user, granted in rights(prefix).items():
        broker.permit(principal.format(user), *granted)
    become("migrate")
    ensure_topics(KafkaSettings(kafka_partitions=PARTITIONS))
    with ExitStack() as running:
        become("processor")
        running.enter_context(Worker({"PLAYHEAD_PROCESSOR_PORT": "0"}, tmp_path / "processor.log"))
        become("sink")
        sink = running.enter_context(sink_process(SinkSettings(kafka_prefix=prefix)))
        become("ingest")
        ingest = running.enter_context(running_ingest(KafkaSettings()))
        saved = httpx.post(
            f"{ingest.url}/api/progress",
            headers={"Authorization": f"Bearer {mint_development_token(ingest.settings, TENANT, USER, ())}"},
            json={"contentId": CONTENT, "progressType": "document", "progressPercentage": 40},
        )
        assert saved.status_code == httpx.codes.ACCEPTED, saved.text
        with psycopg.connect(PostgresSettings().postgres_admin_dsn, autocommit=True) as database:
            stored = eventually(
                lambda: database.execute("SELECT progress_percentage FROM progress.user_progress").fetchone(),
                "it is stored",
                120,
                found=sink.output,
            )
        assert stored == (40,)
        become("operator")
        shown = CliRunner().invoke(app, ["status", "--wait", "60"])
        assert shown.exit_code == 0, shown.output
