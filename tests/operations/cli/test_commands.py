from __future__ import annotations

import re
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from operations.cli.main import app
from operations.local.data_dir import DataDir

if TYPE_CHECKING:
    from pathlib import Path

run = CliRunner().invoke


def test_help_is_quick_to_load_as_clients_and_services_wait_until_needed() -> None:
    code = (
        "import sys, operations.cli.main\n"
        "print({'alembic', 'confluent_kafka', 'fastapi', 'faust', 'httpx', 'psycopg'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("set()\n", "")


def test_wrong_setting_is_named_and_exits_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYHEAD_INGEST_PORT", "99999")
    result = run(app, ["ingest"])
    assert result.exit_code == 2
    assert "PLAYHEAD_INGEST_PORT: Input should be less than or equal to 65535" in result.stderr


def test_up_on_a_busy_port_names_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        result = run(app, ["up", "--port", str(port), "--data-dir", str(tmp_path)])
    assert result.exit_code == 1
    assert (
        f"port {port} on 127.0.0.1 is in use by another process: stop it, or choose another" in result.stderr
    )


def test_up_on_data_in_use_names_the_owner(tmp_path: Path) -> None:
    with DataDir(tmp_path):
        result = run(app, ["up", "--port", "0", "--data-dir", str(tmp_path)])
    assert result.exit_code == 1
    assert re.search(r"is in use by process \d+: stop that `playhead up` first", result.stderr)


def test_doctor_finds_nothing_wrong_here(tmp_path: Path) -> None:
    result = run(app, ["doctor", "--data-dir", str(tmp_path), "--port", "0"])
    assert result.exit_code == 0, result.output
    assert "ok    Java:" in result.output
    assert "none runs on" in result.output


def test_doctor_names_services_that_do_not_answer(tmp_path: Path) -> None:
    with DataDir(tmp_path):
        result = run(app, ["doctor", "--data-dir", str(tmp_path)])
    assert result.exit_code == 1
    assert "wrong ingest: the stack has not published its port: wait until it is ready" in result.output
