"""The erasure of an organisation is stopped, or a store is away: the next run does what is left."""

from __future__ import annotations

import signal
import subprocess
import sys
from os import environ
from types import ModuleType

import psycopg
import pytest

from operations.erase import organisation, organisation_keys, organisation_rows
from tests.operations import past_sessions as past
from tests.operations.erase.organisations import WHAT, archive_june, archived, erase, is_gone, others
from tests.operations.erase.people import STORES_AWAY, TENANT
from tests.operations.whole_pipeline import Whole
from tests.stream_processors.process import eventually

pytestmark = pytest.mark.services


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(
    ("module", "step"),
    [
        (organisation_keys, "erase_keys"),
        (organisation_rows, "delete_rows"),
        (organisation, "delete_states"),
        (organisation, "erase_from_archives"),
        (organisation, "rows_to_erase"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_killed_before_any_step_the_next_run_does_the_rest(
    two: Whole, module: ModuleType, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = archive_june(two)
    there = others(two)
    with monkeypatch.context() as patched:
        patched.setattr(module, step, _killed)
        with pytest.raises(Killed):
            two.command(*WHAT, "--yes")
    assert erase(two, "--yes")["open"] == []
    assert is_gone(two)
    assert (archived(files, TENANT), others(two)) == ([], there)


def _killed(*_: object, **__: object) -> None:
    raise Killed


def test_killed_amid_the_rows_the_next_run_does_the_rest(two: Whole) -> None:
    there = others(two)
    command = (sys.executable, "-m", "operations", *WHAT, "--yes")
    with psycopg.connect(two.database.admin_dsn) as admin:
        admin.execute("LOCK TABLE progress.user_progress IN SHARE ROW EXCLUSIVE MODE")
        with subprocess.Popen(command, env=environ | two.environment, stdout=subprocess.DEVNULL) as process:
            eventually(lambda: _waits(two), "it waits for the table", 60)
            process.send_signal(signal.SIGKILL)
            process.wait(20)
    assert process.returncode == -signal.SIGKILL
    assert not is_gone(two)
    eventually(lambda: not _waits(two), "the server knows", 20)
    assert erase(two, "--yes")["open"] == []
    assert is_gone(two)
    assert others(two) == there


def _waits(whole: Whole) -> bool:
    query = (
        "SELECT FROM pg_stat_activity WHERE application_name = 'playhead-erase' AND wait_event_type = 'Lock'"
    )
    return bool(past.rows(whole.database, query))


@pytest.mark.usefixtures("impatient")
@STORES_AWAY
def test_a_store_that_is_away_is_left_open_and_done_by_the_next_run(
    two: Whole, variable: str, value: str, what: str
) -> None:
    away = two.with_settings({variable: value})
    receipt = erase(away, "--yes", code=1)
    assert [each["what"] for each in receipt["open"]] == [what]
    incomplete = two.command(*WHAT, "--readmit", "--force")
    assert (incomplete.exit_code, "was not completed" in incomplete.stderr) == (1, True)
    assert erase(two, "--yes")["open"] == []
    assert is_gone(two)


def test_without_postgres_nothing_is_done(two: Whole) -> None:
    hot = two.hot()
    away = two.with_settings({"PLAYHEAD_POSTGRES_DSN": "postgresql://127.0.0.1:1/none"})
    result = away.command(*WHAT, "--yes")
    assert (result.exit_code, "PostgreSQL does not answer" in result.stderr) == (1, True)
    assert two.hot() == hot
