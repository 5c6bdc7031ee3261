"""The cheap benchmarks run, so that they do not rot; what they measure here means nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.catalogue import BENCHMARKS, Benchmark
from benchmarks.kernel_older import SHAPES, item, new_session
from benchmarks.kernel_worst import POLICY as WORST_POLICY
from benchmarks.kernel_worst import cases
from benchmarks.machine import machine
from benchmarks.players import ROUNDS_PER_VIEWING, Audience, record
from benchmarks.processor import contenders
from benchmarks.report import Section
from playhead.progress import NOTHING, Policy, Progress, advance, apply
from playhead.progress.advance import MAX_SPANS, span_count
from playhead.progress.compaction import MAX_SESSIONS


def test_every_heartbeat_of_the_players_changes_something() -> None:
    known = dict.fromkeys(Audience(8, 0).users, NOTHING)
    for beat in Audience(8, 1_790_000_000_000).rounds(0, ROUNDS_PER_VIEWING):
        after = apply(known[beat.user], record(beat), Policy())
        assert after is not known[beat.user]
        known[beat.user] = after


def test_a_batch_is_of_one_person_and_holds_what_the_rounds_do() -> None:
    one, other = (Audience(5, 1_790_000_000_000) for _ in range(2))
    batches = list(one.batches(50, 10))
    assert [{beat.user for beat in batch} for batch in batches] == [{user} for user in one.users]
    sent = sorted(beat.heartbeat for batch in batches for beat in batch)
    assert sent == sorted(beat.heartbeat for beat in other.rounds(50, 10))


def test_the_machine_is_told_without_its_name() -> None:
    described = machine()
    assert {"processor", "cores", "memory", "Python", "Kafka", "PostgreSQL", "Redis"} <= described.keys()
    assert all(described.values())


@pytest.mark.services
@pytest.mark.chaos
def test_the_processor_is_measured_against_its_peers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["benchmarks", "kernel", "processor", "--quick", "--output", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", arguments)
    assert main() == 0
    printed = capsys.readouterr().out
    # The other peer only where `make bench` has made its environment.
    for row in ("playhead", *contenders(quick=True), "decide", "apply"):
        assert f"| {row} |" in printed
    assert list(tmp_path.iterdir()) == []


def test_a_busy_machine_writes_no_figures_unless_that_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.getloadavg", lambda: (100_000.0, 0.0, 0.0))
    fast = Benchmark(Section("Fast", ""), lambda: {"figure": 1})
    monkeypatch.setattr("benchmarks.__main__.BENCHMARKS", {"fast": fast})
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--output", str(tmp_path)])
    assert main() == 2
    assert "the machine is busy: load average 100000.0" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--on-busy-machine", "--output", str(tmp_path)])
    assert main() == 0
    assert "The machine was busy" in (tmp_path / "benchmarks.md").read_text()


def test_unasked_a_quick_run_measures_the_hot_path() -> None:
    assert [name for name, each in BENCHMARKS.items() if each.is_hot_path] == [
        "kernel",
        "ingest",
        "processor",
        "sink",
    ]
    assert all(each.quick for each in BENCHMARKS.values() if each.is_hot_path)


LIVE = ("| all read |", "| 6 do not read |", "| others dropped | 0 |")
SCALE = ("| saves a second |", "| Redis MB of 600 further people |", "| one processor |", "| brokers |")


@pytest.mark.services
@pytest.mark.parametrize(
    ("name", "rows"), [("live", LIVE), pytest.param("scale", SCALE, marks=pytest.mark.chaos)]
)
def test_a_benchmark_of_everything_prints_its_tables_and_keeps_no_quick_results(
    name: str,
    rows: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmarks", name, "--quick", "--output", str(tmp_path)])
    assert main() == 0
    printed = capsys.readouterr().out
    for row in rows:
        assert row in printed
    assert list(tmp_path.iterdir()) == []


def test_the_worst_cases_of_the_kernel_are_items_that_can_exist() -> None:
    for case in cases():
        advanced = advance(case.progress, case.heartbeat, WORST_POLICY)
        assert isinstance(advanced, Progress), case.name
        assert advanced is not case.progress, case.name
        assert span_count(case.progress) > MAX_SPANS * 0.8, case.name


def test_another_session_of_the_most_there_can_be_is_accepted() -> None:
    for name, shape in SHAPES.items():
        before = item(*shape)
        after = advance(before, new_session(before), WORST_POLICY)
        assert isinstance(after, Progress), name
        assert len(after.sessions) == MAX_SESSIONS, name
