from __future__ import annotations

from pathlib import Path

import pytest

from playhead.workers import reports
from playhead.workers.reports import COUNT, DIRECTORY, NUMBER, WorkerMembership, WorkerReports


def test_all_are_ready_once_each_is(tmp_path: Path) -> None:
    both = WorkerReports(tmp_path, 2)
    both.write(0, None)
    assert both.unready_reason() == "worker 1 is starting"
    both.write(1, "no broker answers")
    assert both.unready_reason() == "worker 1: no broker answers"
    both.write(1, None)
    assert both.unready_reason() is None
    both.remove(0)
    assert both.unready_reason() == "worker 0 is starting"


def test_a_worker_that_reports_no_more_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = WorkerReports(tmp_path, 1)
    both.write(0, None)
    monkeypatch.setattr(reports, "STALE_SECONDS", -1.0)
    assert "has not reported for 0 s" in (both.unready_reason() or "")


def test_a_process_without_a_parent_is_no_member(tmp_path: Path) -> None:
    assert WorkerMembership.of({}) is None
    found = WorkerMembership.of({DIRECTORY: str(tmp_path), NUMBER: "1", COUNT: "2"})
    assert found is not None
    assert found.number == 1
    assert found.unready_reason("draining") == "draining"
    assert found.unready_reason(None) == "worker 0 is starting"
