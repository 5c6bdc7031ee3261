from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

_PLAIN = re.compile(r"[\w ]+")


class Palette(NamedTuple):
    """Colours as `rrggbb`, dark enough for white letters on each."""

    ground: str
    light: str
    accent: str


PALETTES = (
    Palette("0f2233", "1f5f6b", "5b3f78"),
    Palette("231a36", "7a3b5e", "b0604a"),
    Palette("10281f", "2b6a4d", "5c7a2e"),
    Palette("151f3f", "35539b", "6a4aa0"),
    Palette("2b1a1f", "8a3d3f", "a8693a"),
    Palette("12262b", "2f6f7a", "3f8f6b"),
    Palette("241f2e", "5a4a86", "8a4f7d"),
    Palette("1e2430", "46607f", "7d6a4c"),
)


@dataclass(frozen=True, slots=True)
class Work:
    """An item as its files show it. Those that are named alike belong together."""

    name: str
    """Of its files, without their endings."""
    title: str
    palette: Palette

    @property
    def picture(self) -> str:
        """The file of its thumbnail."""
        return f"{self.name}.svg"


@dataclass(frozen=True, slots=True)
class Film(Work):
    """A work to watch.

    Raises:
        ValueError: ffmpeg would take some of the title for instructions.
    """

    seconds: int
    chord_hz: tuple[float, float, float]
    """What is heard, quietly."""

    def __post_init__(self) -> None:
        if not _PLAIN.fullmatch(self.title):
            raise ValueError(f"a film's title has letters, digits and spaces only, unlike {self.title!r}")

    @property
    def video(self) -> str:
        """Its file."""
        return f"{self.name}.webm"

    @property
    def picture(self) -> str:
        """The file of its thumbnail."""
        return f"{self.name}.jpg"


@dataclass(frozen=True, slots=True)
class Reading(Work):
    """A work to read, which is one of the ready-made files."""

    @property
    def document(self) -> str:
        """Its file."""
        return f"{self.name}.html"
