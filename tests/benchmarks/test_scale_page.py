"""The tables of docs/scale.md."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.report import Measurement
from benchmarks.scale_page import renewed

PAGE = """# Scale

<!-- check -->
old
<!-- end -->
Text that stays.
<!-- sites -->
<!-- end -->
"""
RESULT = {
    "costs": {"part": {"ingest": {"us per heartbeat": 1.5}}},
    "this machine": {"saves a second": {"predicted": 100.0, "measured": 90.0, "ratio": 1.11}},
    "sites": {"brokers": {"10,000 players": 3}},
    "full at": {"one sink": {"players": 120_000, "then add": "sinks"}},
}


def test_tables_are_written_between_the_markers_and_the_text_stays() -> None:
    page = renewed(PAGE, Measurement(result=RESULT, seconds=9.0, load_average=460.0))
    assert "old" not in page
    assert "| saves a second | 100 | 90 | 1.11 |" in page
    assert "| brokers | 3 |" in page
    assert "Text that stays." in page
    assert "`python -m benchmarks scale`, 9 s; load average before the run: 460.0." in page
    assert "The machine was busy" in page
    again = renewed(page, Measurement(result=RESULT, seconds=9.0, load_average=0.1))
    assert "The machine was busy" not in again
    assert again == renewed(again, Measurement(result=RESULT, seconds=9.0, load_average=0.1))


def test_the_page_has_every_table() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "scale.md").read_text(encoding="utf-8")
    assert set(re.findall(r"<!-- ([a-z-]+) -->", page)) == {"check", "costs", "end", "full-at", "sites"}
    assert "| brokers |" in page
