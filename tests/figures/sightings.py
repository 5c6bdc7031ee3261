"""Where each figure occurs, and what it is there."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from operations.cli.main import app
from tests.figures.life import Body
from tests.web.house import House, Person

Subject = tuple[str, ...]
Figure = tuple[Subject, str]
BOM = "\ufeff"

COUNTED_ALIKE: Mapping[str, Mapping[str, str]] = {
    "person and item": {
        "progress": "progressPercentage",
        "coverage": "coveragePercentage",
        "sessions": "totalSessions",
    },
    "person": {
        "avgProgress": "progress",
        "overallPercentage": "progress",
        "totalItems": "items",
        "requiredItems": "required",
        "requiredCompletedItems": "requiredCompleted",
        "overdueItems": "overdue",
        "lastActivity": "lastActive",
    },
}
"""Names of one figure in several places, by what it is a figure of."""
TEXTS = {"displayName", "title", "name", "email", "type", "progressType", "teams"}


class Sightings:
    """Figures by whom and what they are of, and by name: each place, and what it says."""

    def __init__(self) -> None:
        self._seen: dict[Figure, dict[str, str]] = defaultdict(dict)

    def __len__(self) -> int:
        return len(self._seen)

    def add(self, place: str, subject: Subject, row: Mapping[str, Any]) -> None:
        """Note every scalar of a row."""
        alike = COUNTED_ALIKE.get(subject[0], {})
        for name, value in row.items():
            if isinstance(value, dict) or name in TEXTS or name.endswith("Id"):
                continue
            called = alike.get(name, name)
            written = cell(value)
            if called == "coveragePercentage":
                written = str(int(float(written)))
            self._seen[subject, called][place] = written

    def rows(self, place: str, kind: str, rows: Iterable[Mapping[str, Any]], *ids: str, **fixed: str) -> None:
        """Note rows that name by `ids`, or by `fixed`, what they are of."""
        for row in rows:
            named = {**row, **fixed}
            self.add(place, (kind, *(str(named[each]) for each in ids)), row)

    def places(self) -> set[str]:
        return {place for seen in self._seen.values() for place in seen}

    def of(self, subject: Subject, name: str) -> dict[str, str]:
        return self._seen[subject, name]

    def differing(self, names: Mapping[str, str]) -> list[str]:
        """A line for each figure that is not the same everywhere; `names` are those of ids."""
        found: list[str] = []
        for (subject, name), seen in self._seen.items():
            if len(set(seen.values())) > 1:
                by_value: dict[str, list[str]] = defaultdict(list)
                for place, value in seen.items():
                    by_value[value].append(place)
                of = ", ".join(names.get(each, each) for each in subject)
                found.append(f"{name} of {of}: {dict(by_value)}")
        return found


def cell(value: Any) -> str:
    """A value of JSON as a CSV file has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if isinstance(value, list):
        return (
            "; ".join(map(cell, value)) if all(isinstance(each, str) for each in value) else str(len(value))
        )
    return str(value)


class Report:
    """A report of the API in its three forms."""

    def __init__(self, house: House, directory: Path) -> None:
        self._house, self._directory = house, directory

    def forms(self, who: Person, name: str, path: str, *options: str) -> dict[str, list[Body]]:
        """Its rows as JSON, as CSV and as `playhead export` writes it."""
        house = self._house
        return {
            f"{name} of the API": house.read(who, path, limit=200)["items"],
            f"{name} as CSV": parsed(house.text(who, path, format="csv")),
            f"{name} exported": self._exported(who, name, *options),
        }

    def _exported(self, who: Person, name: str, *options: str) -> list[Body]:
        out = self._directory / f"{name}.csv"
        command = ("export", name, "--url", self._house.url, "--token", who.token(), "--out", str(out))
        done = CliRunner().invoke(app, [*command, *options])
        assert done.exit_code == 0, done.output
        return parsed(out.read_text())


def parsed(text: str) -> list[Body]:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM))))
