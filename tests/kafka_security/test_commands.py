"""Each of the operators' commands runs with its least rights, and says which one it lacks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import ANY

import psycopg
import pytest
from click.testing import Result
from confluent_kafka import Producer
from typer.testing import CliRunner

from operations.cli.main import app
from playhead.progress import ContentId
from playhead.settings import PostgresSettings
from playhead.wire.dead_letters import DeadLetter
from playhead.wire.keys import person_key, state_key
from playhead.wire.topics import Topics, sink_group
from tests.kafka_security.broker import PASSWORD, Right, SecureKafka
from tests.kafka_security.test_pipeline import (
    CONTENT,
    DESCRIBE,
    OF_GROUP,
    READ,
    TENANT,
    TOPIC,
    USER,
    WRITE,
    scram,
)

pytestmark = pytest.mark.services

OTHER = "1f8f4f0c-9a41-4f6e-9d38-6b1a5c1f2e23"
NAMED = re.compile(r"lacks the right (\w+) on (topic|consumer group) (\S+)")
DIRECTORY = (
    "INSERT INTO progress.people VALUES (%(tenant)s, %(user)s, 'A person')",
    "INSERT INTO progress.people VALUES (%(tenant)s, %(other)s, 'The same person')",
    "INSERT INTO progress.content_items VALUES (%(tenant)s, %(item)s, 'An item', 'video')",
)
MARK, HEARTBEATS, STATES, DEAD = "progress.repartition", *(each.name for each in Topics.named().all)


@dataclass(frozen=True, slots=True)
class Command:
    """What an operator types, and the topics' rights in docs/operations/kafka.md."""

    words: tuple[str, ...]
    rights: tuple[Right, ...] = ()
    unused: tuple[Right, ...] = ()
    """Further ones, which only a command that finds more to do needs."""


def topic(name: str, operation: object) -> Right:
    return TOPIC, name, operation


OF_MARK = topic(MARK, DESCRIBE)
READER: Right = (OF_GROUP, "playhead-operator", DESCRIBE)
ERASURE = (topic(STATES, READ), topic(STATES, WRITE), OF_MARK, READER)
WHO = ("--tenant", TENANT, "--user", USER)
COMMANDS = {
    "status": Command(
        ("status",),
        (topic(HEARTBEATS, DESCRIBE), OF_MARK),
        (topic(STATES, READ), READER, (OF_GROUP, sink_group(""), DESCRIBE)),
    ),
    "list": Command(("dead-letters", "list"), (topic(DEAD, READ), READER)),
    "import": Command(
        ("import", "progress", "progress.csv", "--tenant", TENANT, "--wait", "0"),
        (topic(HEARTBEATS, WRITE), OF_MARK),
    ),
    "audit": Command(("audit",)),
    "archive": Command(("archive", "--older-than", "18months", "--to", "archived")),
    "erase": Command(("erase", *WHO, "--yes"), ERASURE),
    "export": Command(("export", "organisation", "--tenant", TENANT, "--out", "exported")),
}


@dataclass(frozen=True, slots=True)
class Operator:
    """Logs in as a user who has what is granted."""

    broker: SecureKafka
    patch: pytest.MonkeyPatch
    prefix: str

    def run(self, user: str, granted: list[Right], words: tuple[str, ...]) -> Result:
        self.broker.change_password(user, PASSWORD)
        if granted:
            self.broker.permit(
                f"User:{user}", *((kind, f"{self.prefix}{name}", each) for kind, name, each in granted)
            )
        _, login = scram(self.broker)
        for name, value in login(user).items():
            self.patch.setenv(name, value)
        return CliRunner().invoke(app, words, env={"COLUMNS": "1000"})

    def fill(self) -> None:
        """A state of the person, a dead letter of theirs and one of the state, as the services write them."""
        producer = Producer({"bootstrap.servers": self.broker.servers})
        topics = Topics.named(self.prefix)
        key, person = state_key(TENANT, USER, ContentId(CONTENT)).encode(), person_key(TENANT, USER).encode()
        producer.produce(topics.states.name, b"a state", key, 0)
        for number, (source, of) in enumerate(((topics.heartbeats, person), (topics.states, key))):
            headers = DeadLetter(source.name, 0, number, "undecodable", "").headers()
            producer.produce(topics.dead_letters.name, b"a value", of, 0, headers=list(headers))
        assert producer.flush(30) == 0


@pytest.fixture
def operator(
    broker: SecureKafka, environment: pytest.MonkeyPatch, tmp_path: Path, request: pytest.FixtureRequest
) -> Operator:
    prefix = f"{request.node.callspec.id}-"
    environment.setenv("PLAYHEAD_KAFKA_PREFIX", prefix)
    environment.setenv("PLAYHEAD_ALIAS_REFRESH_SECONDS", "0.01")
    environment.chdir(tmp_path)
    (tmp_path / "progress.csv").write_text(f"userId,contentId,completedAt\n{USER},{CONTENT},2024-05-01\n")
    with psycopg.connect(PostgresSettings().postgres_admin_dsn) as admin:
        for query in DIRECTORY:
            admin.execute(query.encode(), {"tenant": TENANT, "user": USER, "other": OTHER, "item": CONTENT})
    broker.make_topics(prefix)
    return Operator(broker, environment, prefix)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_names_each_right_that_it_lacks_and_needs_no_other(operator: Operator, name: str) -> None:
    command = COMMANDS[name]
    every = [*command.rights, *command.unused]
    for number, lacking in enumerate(command.rights):
        operator.fill()
        others = [each for each in every if each != lacking]
        refused = operator.run(f"{name}-{number}", others, command.words)
        found = re.findall(
            r"lacks the right (\w+) on (topic|consumer group) (\S+)", " ".join(refused.output.split())
        )
        assert (refused.exit_code, found) == (1, [named(operator.prefix, lacking, others)]), (
            f"{lacking}: {refused.output} {refused.exception}"
        )
    operator.fill()
    done = operator.run(name, every, command.words)
    assert done.exit_code == 0, f"{done.output} {done.exception}"
    assert "lacks the right" not in done.output


def named(prefix: str, lacking: Right, others: list[Right]) -> tuple[str, str, str]:
    """What the message says: the right, or one that it includes."""
    kind, name, operation = lacking
    if kind == OF_GROUP:
        return ("Describe", "consumer group", f"{prefix}{name}")
    is_described = any(each[1] == name for each in others)
    return (operation.name.capitalize() if is_described else ANY, "topic", f"{prefix}{name}")
