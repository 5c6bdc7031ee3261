from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from operations.local import ports
from operations.local.errors import JavaUnusableError
from operations.local.running_stack import StackFile
from operations.local.stores.java import find_java, parse_version
from operations.local.stores.kafka_node import KafkaNode, server_properties

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("output", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "25" 2025-09-16', 25),
        ('java version "1.8.0_402"', 8),
        ("bash: java: command not found", None),
    ],
)
def test_java_version_is_read(output: str, version: int | None) -> None:
    assert parse_version(output) == version


def test_java_too_old_is_skipped_and_named_when_there_is_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert find_java() != java

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(JavaUnusableError, match=r"is Java 11: install one .* or install the one"):
        find_java()


def test_taken_port_is_not_free_and_another_is_chosen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        assert not ports.is_free(taken)
        assert ports.choose(taken) != taken


def test_preferred_port_is_kept_unless_it_is_given_already() -> None:
    free = ports.choose()
    assert ports.choose(free) == free
    assert ports.choose(free, taken=frozenset({free})) != free


def test_a_port_that_another_process_was_given_is_not_given_again_while_that_runs() -> None:
    chooses = "from operations.local import ports; print(ports.choose(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", chooses], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        given = int(other.stdout.readline())
        assert ports.is_free(given)
        assert ports.choose(given) != given
        other.communicate("\n")
    assert ports.choose(given) == given


def test_no_port_is_chosen_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    lowest = ports.choose()
    monkeypatch.setattr(ports, "_LOWEST", lowest)
    monkeypatch.setattr(ports, "_HIGHEST", lowest + 1)
    with pytest.raises(OSError, match="no free port"):
        ports.choose()


def test_broker_listens_on_loopback_alone_and_makes_no_topics_by_itself(tmp_path: Path) -> None:
    lines = server_properties(KafkaNode.alone(10), tmp_path, 9).splitlines()
    assert "listeners=PLAINTEXT://127.0.0.1:9,CONTROLLER://127.0.0.1:10" in lines
    assert "auto.create.topics.enable=false" in lines


def test_three_nodes_keep_three_copies_and_acknowledge_with_two(tmp_path: Path) -> None:
    lines = server_properties(KafkaNode(2, (10, 11, 12), "id"), tmp_path, 9).splitlines()
    assert "controller.quorum.voters=1@127.0.0.1:10,2@127.0.0.1:11,3@127.0.0.1:12" in lines
    assert "listeners=PLAINTEXT://127.0.0.1:9,CONTROLLER://127.0.0.1:11" in lines
    assert {"node.id=2", "offsets.topic.replication.factor=3", "min.insync.replicas=2"} <= set(lines)


def test_stack_file_is_read_as_written(tmp_path: Path) -> None:
    written = StackFile(
        ports={"kafka": 1}, environment={"PLAYHEAD_REDIS_URL": "x"}, pids={"kafka": os.getpid()}
    )
    written.write(tmp_path / "stack.json")
    assert StackFile.read(tmp_path / "stack.json") == written


def test_absent_or_broken_stack_file_is_empty(tmp_path: Path) -> None:
    assert StackFile.read(tmp_path / "stack.json") == StackFile()
    (tmp_path / "stack.json").write_text("{")
    assert StackFile.read(tmp_path / "stack.json") == StackFile()
