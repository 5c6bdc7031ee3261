"""What `playhead archive` prints and refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from operations.archive import catalogue, retention
from operations.cli.main import app
from operations.stores import StoreUnavailableError
from tests.operations import past_sessions as past
from tests.services import Database

pytestmark = pytest.mark.services
run = CliRunner().invoke


@pytest.fixture
def commands(stored: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The options that lead a command to the database."""
    monkeypatch.setenv("PLAYHEAD_POSTGRES_DSN", stored.writer_dsn)
    return ["--data-dir", str(tmp_path / "data")]


def test_the_command_says_what_it_would_do_and_does_it(
    stored: Database, commands: list[str], tmp_path: Path
) -> None:
    before = past.dump(stored)
    dry = run(app, ["archive", "--older-than", "18months", "--dry-run", *commands])
    assert dry.exit_code == 0, dry.output
    assert "2024-06" in dry.output
    assert "write sessions-2024-06.parquet, verify, drop" in dry.output
    assert "Nothing was changed." in dry.output
    assert past.dump(stored) == before
    assert not (tmp_path / "data").exists()

    done = run(app, ["archive", "--older-than", "18months", *commands])
    assert done.exit_code == 0, done.output
    assert "300 rows" in done.output
    assert done.output.count("verified and dropped") == 3
    assert sorted(path.name for path in (tmp_path / "data" / "archive").iterdir()) == [
        f"sessions-2024-0{month}.parquet" for month in (6, 7, 8)
    ]
    again = run(app, ["archive", "--older-than", "18months", *commands])
    assert "No month of sessions lies wholly before" in again.output


def test_keeping_writes_once_and_drops_nothing(stored: Database, commands: list[str], tmp_path: Path) -> None:
    options = ["archive", "--older-than", "18months", "--to", str(tmp_path / "files"), *commands]
    first = run(app, [*options, "--keep"])
    assert first.output.count("still in the database") == 3
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / "files").iterdir()}
    second = run(app, [*options, "--keep"])
    assert "verify sessions-2024-06.parquet, written before" in second.output
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "files").iterdir()} == written
    assert len(past.sessions(stored)) == 550


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--older-than", "soon"], "--older-than 'soon' is no age"),
        (["--older-than", "30days"], "younger than 60days"),
    ],
)
def test_wrong_ages_are_explained(commands: list[str], options: list[str], said: str) -> None:
    result = run(app, ["archive", *options, *commands])
    assert result.exit_code == 1
    assert said in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["archive", "--older-than", "18months"],
        ["history", "--tenant", past.TENANTS[0], "--user", past.PEOPLE[0], "--archive", "."],
    ],
    ids=["archive", "history"],
)
def test_without_pyarrow_the_extra_is_named(
    stored: Database, commands: list[str], tmp_path: Path, arguments: list[str]
) -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from operations.cli.main import app\n"
        f"app({[*arguments, *commands]!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 1
    assert done.stderr == "archives are Parquet files, which need pyarrow: pip install playhead[export]\n"
    assert len(past.sessions(stored)) == 550


def test_a_database_that_is_away_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PLAYHEAD_POSTGRES_DSN", "postgresql://playhead_writer@127.0.0.1:1/playhead")
    result = run(app, ["archive", "--older-than", "18months", "--data-dir", str(tmp_path)])
    assert result.exit_code == 1
    assert "PLAYHEAD_POSTGRES_DSN" in result.stderr


def test_a_schema_of_an_earlier_release_is_named(postgres_admin_dsn: str) -> None:
    with (
        pytest.raises(StoreUnavailableError, match="run `playhead migrate`"),
        retention.exclusive(postgres_admin_dsn, "archive") as connection,
    ):
        catalogue.records(connection)
