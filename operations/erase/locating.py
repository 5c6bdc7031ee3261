"""Where the archived months are that an erasure must reach. No pyarrow is needed to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from operations.archive.catalogue import Record, name_of
from operations.archive.files import partial_of


@dataclass(frozen=True, slots=True)
class Found:
    """An archived month's file."""

    path: Path
    record: Record | None
    """None for a copy, of which the database knows nothing."""


@dataclass(frozen=True, slots=True)
class Located:
    """What can be reached, and what cannot."""

    found: list[Found]
    missing: list[Record]


def locate(records: Sequence[Record], directories: Sequence[Path]) -> Located:
    """Each recorded file, where it was put or in one of the directories, and every copy in these."""
    found: dict[Path, Found] = {}
    missing = []
    for record in records:
        places = (record.file, *(directory / name_of(record.month) for directory in directories))
        path = next((place.resolve() for place in places if place.is_file()), None)
        if path is None:
            missing.append(record)
        else:
            found[path] = Found(path, record)
    for directory in directories:
        for file in sorted(directory.glob("sessions-*.parquet")):
            found.setdefault(file.resolve(), Found(file.resolve(), None))
    return Located(list(found.values()), missing)


def sweep(located: Located, directories: Sequence[Path]) -> None:
    """Delete what a command that was killed left half written; it may hold anybody."""
    for directory in {*directories, *(each.path.parent for each in located.found)}:
        for partial in directory.glob(partial_of(Path("sessions-*.parquet")).name):
            partial.unlink()
