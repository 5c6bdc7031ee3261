"""Put what the demo shows into its folder, once."""

from __future__ import annotations

import asyncio
from importlib.resources import files
from typing import TYPE_CHECKING

from operations.demo.ffmpeg import FfmpegError
from operations.demo.picture import drawn
from operations.demo.work import Film, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from operations.demo.ffmpeg import Maker
    from operations.demo.work import Work

_READY_MADE = files("operations.demo.ready_made") / "files"


async def make(
    works: Sequence[Work], folder: Path, maker: Maker | None, report: Callable[[str], object]
) -> None:
    """Make what is missing, and tell of films, which take seconds; without a maker, they are ready-made."""
    await asyncio.to_thread(_still, works, folder)
    films = [work for work in works if isinstance(work, Film) and not _is_whole(work, folder)]
    if films and maker is None:
        report("no ffmpeg here: the demo shows the small films that come with it")
    for number, film in enumerate(films, start=1):
        if maker is not None:
            report(f"making film {number} of {len(films)} with ffmpeg, this once: {film.title}")
            try:
                await maker.film(film, folder / film.video)
                await maker.picture(film, folder / film.picture)
            except (FfmpegError, OSError) as error:
                report(
                    f"warning: ffmpeg failed, so the demo shows the small films that come with it: {error}"
                )
                maker = None  # it would fail again
        if maker is None:
            for name in (film.video, film.picture):
                await asyncio.to_thread(_bring, name, folder)


def _still(works: Sequence[Work], folder: Path) -> None:
    """What takes no time; it is made anew, as a later release may have it better."""
    folder.mkdir(parents=True, exist_ok=True)
    for work in works:
        if isinstance(work, Reading):
            _bring(work.document, folder)
        if not isinstance(work, Film):
            _write(folder / work.picture, drawn(work).encode())


def _is_whole(film: Film, folder: Path) -> bool:
    return (folder / film.video).exists() and (folder / film.picture).exists()


def _bring(name: str, folder: Path) -> None:
    _write(folder / name, (_READY_MADE / name).read_bytes())


def _write(target: Path, content: bytes) -> None:
    """Whole or not at all, as it may be read at any time."""
    part = target.with_name(f".{target.name}.part")
    part.write_bytes(content)
    part.rename(target)
