"""`docs/benchmarks.md`, written from the results alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from benchmarks.goals import GOALS, Goal, Results
from benchmarks.machine import HARDWARE, is_busy
from benchmarks.tables import number, table, tables

_HEAD = """\
# Benchmarks

Written by `make bench` (`python -m benchmarks`); the raw figures are in [benchmarks.json](benchmarks.json).
To repeat one part, name it: `python -m benchmarks processor`. Everything runs on one machine, the load
generators included, so ratios travel better than rates: what is compared was measured in one run, in turns.
Where there are repeats, the median is given with the least and the most.
"""
BUSY = """\
**The machine was busy with other work meanwhile**: rates are too low, latencies and processor times too high.
"""
_BEYOND = """\
Not measured by this command: memory over a 30-minute soak.
"""


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """A benchmark's result, and what was noted beside."""

    result: dict[str, Any]
    seconds: float
    load_average: float
    """Of the minute before the command began: where the machine did nothing else, below 1."""
    versions: dict[str, str] = {}
    """Where they differ from the record's: it was measured earlier."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Everything measured on one machine."""

    machine: dict[str, str]
    """What the latest measurement ran on."""
    measurements: dict[str, Measurement] = {}

    def on(self, machine: dict[str, str]) -> Record:
        """The record for measurements to come; those of other versions say so, those of other hardware go."""
        if any(self.machine.get(name) != machine.get(name) for name in HARDWARE):
            return Record(machine=machine)
        return Record(
            machine=machine,
            measurements={
                name: msgspec.structs.replace(
                    each, versions=_differing(self.machine | each.versions, machine)
                )
                for name, each in self.measurements.items()
            },
        )

    def with_measurement(self, name: str, measurement: Measurement) -> Record:
        """The record with one benchmark's measurement added or replaced."""
        return msgspec.structs.replace(self, measurements=self.measurements | {name: measurement})


def _differing(versions: Mapping[str, str], machine: Mapping[str, str]) -> dict[str, str]:
    return {name: each for name, each in versions.items() if machine.get(name) != each}


@dataclass(frozen=True, slots=True)
class Section:
    """What is said of a benchmark."""

    title: str
    how: str


def markdown(record: Record, sections: Mapping[str, Section]) -> str:
    """The page; `sections` gives the order."""
    return "\n".join(_paragraphs(record, sections))


def _paragraphs(record: Record, sections: Mapping[str, Section]) -> Iterator[str]:
    yield _HEAD
    yield table(("machine", ""), record.machine.items())
    yield "## Goals\n"
    yield _goals({name: each.result for name, each in record.measurements.items()}, sections)
    yield _BEYOND
    for name, section in sections.items():
        if name in record.measurements:
            yield from _section(name, section, record.measurements[name])


def _goals(results: Results, sections: Mapping[str, Section]) -> str:
    return table(("what", "goal", "measured", "met"), [_row(goal, results, sections) for goal in GOALS])


def _row(goal: Goal, results: Results, sections: Mapping[str, Section]) -> tuple[str, ...]:
    bound = f"{goal.relation} {number(goal.bound)} {goal.unit}"
    measured = goal.measured(results)
    if measured is None:
        return (goal.what, bound, "not measured", "")
    anchor = sections[goal.benchmark].title.lower().replace(" ", "-").replace(",", "")
    met = "yes" if goal.is_met(measured) else f"**no**, [see where the time goes](#{anchor})"
    return (goal.what, bound, f"{number(measured)} {goal.unit}", met)


def _section(name: str, section: Section, measurement: Measurement) -> Iterable[str]:
    yield f"## {section.title}\n"
    yield section.how + "\n"
    yield (
        f"`python -m benchmarks {name}`, {measurement.seconds:.0f} s; "
        f"load average before the run: {measurement.load_average:.1f}.\n"
    )
    if measurement.versions:
        versions = ", ".join(f"{what} {version}" for what, version in measurement.versions.items())
        yield f"Measured earlier, with {versions}.\n"
    if is_busy(measurement.load_average):
        yield BUSY
    yield from tables("", measurement.result)
