"""The tables of docs/scale.md, written between markers: the text around them stays."""

from __future__ import annotations

import re

from benchmarks.machine import is_busy
from benchmarks.report import BUSY, Measurement
from benchmarks.tables import tables

_MARKED = re.compile(r"(<!-- (?P<part>costs|sites|full-at|check) -->\n).*?(<!-- end -->)", re.DOTALL)
_FIGURES = {"costs": "costs", "sites": "sites", "full-at": "full at", "check": "this machine"}
"""Marker -> what it shows of the result."""


def renewed(page: str, measurement: Measurement) -> str:
    """The page with the tables of a measurement; `check` also says under which load it was taken."""

    def part(found: re.Match[str]) -> str:
        name = found["part"]
        shown = list(tables("", {_FIGURES[name]: measurement.result[_FIGURES[name]]}))
        if name == "check":
            shown.insert(0, _when(measurement))
        return f"{found[1]}\n{chr(10).join(shown)}\n{found[3]}"

    return _MARKED.sub(part, page)


def _when(measurement: Measurement) -> str:
    said = (
        f"`python -m benchmarks scale`, {measurement.seconds:.0f} s; "
        f"load average before the run: {measurement.load_average:.1f}.\n"
    )
    return f"{said}\n{BUSY}" if is_busy(measurement.load_average) else said
