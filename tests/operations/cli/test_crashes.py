"""A crash in production is one JSON line with its traceback, and the process exits with 1."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from operations.cli.main import app

_PROGRAM = """
import importlib, sys, threading
from operations.cli.main import app
module, function, command, where = sys.argv[1:]
def crash(*_, **__):
    if where == "thread":
        thread = threading.Thread(target=lambda: 1 / 0, name="worker")
        thread.start()
        thread.join()
    else:
        1 / 0
setattr(importlib.import_module(module), function, crash)
app([command])
"""


def run(environment: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PLAYHEAD_")}
    ours = {
        "PLAYHEAD_ENVIRONMENT": environment,
        "PLAYHEAD_TOKEN_SECRET": "our-own-secret-0123456789abcdef-0123",
    }
    return subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments],
        env=inherited | ours,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("module", "function", "command"),
    [
        ("ingest.service", "run", "ingest"),
        ("stream_processors.service", "run", "process"),
        ("sinks.service", "run", "sink"),
        ("query_api.service", "run", "query"),
        ("operations.bring_up", "bring_up_to_date", "migrate"),
    ],
)
def test_in_production_it_is_one_json_line(module: str, function: str, command: str) -> None:
    crashed = run("production", module, function, command, "process")

    assert crashed.returncode == 1
    (line,) = crashed.stderr.splitlines()
    reported = json.loads(line)
    assert (reported["level"], reported["logger"]) == ("critical", "playhead.crash")
    assert "ZeroDivisionError: division by zero" in reported["exception"]
    assert reported["exception"].startswith("Traceback")
    assert crashed.stdout == ""


def test_so_is_that_of_a_thread() -> None:
    crashed = run("production", "sinks.service", "run", "sink", "thread")

    (line,) = crashed.stderr.splitlines()
    assert json.loads(line)["message"] == "thread worker ended"


def test_in_development_it_is_for_people() -> None:
    crashed = run("development", "sinks.service", "run", "sink", "process")

    assert crashed.returncode == 1
    assert "ZeroDivisionError" in crashed.stderr
    assert not crashed.stderr.startswith("{")


def test_the_version_is_that_of_the_package() -> None:
    shown = CliRunner().invoke(app, ["--version"])

    assert (shown.exit_code, shown.stdout) == (0, f"playhead {version('playhead')}\n")
