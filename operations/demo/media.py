"""The demo's files: of each of the audience's items, what there is to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operations.demo.audience.catalogue import DOCUMENT, TITLES, file_name
from operations.demo.audience.habits import FILM_SECONDS
from operations.demo.ffmpeg import Ffmpeg
from operations.demo.making import make
from operations.demo.work import PALETTES, Film, Reading, Work

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CHORDS_HZ = {0: (220.0, 277.18, 329.63), 1: (196.0, 246.94, 293.66), 2: (174.61, 220.0, 261.63)}


async def furnish(folder: Path, report: Callable[[str], object]) -> None:
    """Make what is not in the folder yet."""
    await make(works(), folder, Ffmpeg.found(), report)


def works() -> list[Work]:
    """All of them, by the numbers of the items."""
    return [_work(number) for number in range(len(TITLES))]


def _work(number: int) -> Work:
    title, _ = TITLES[number]
    name, palette = file_name(number), PALETTES[number % len(PALETTES)]
    if number == DOCUMENT:
        return Reading(name, title, palette)
    if number in FILM_SECONDS:
        return Film(name, title, palette, seconds=FILM_SECONDS[number], chord_hz=_CHORDS_HZ[number])
    return Work(name, title, palette)
