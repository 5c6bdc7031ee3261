"""How ffmpeg is asked for a film: colours that move slowly, the title, a running clock, a quiet chord."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from operations.demo.work import Film

WIDTH, HEIGHT = 640, 360
_MARGIN = 40
_FRAMES_PER_SECOND = 8
"""Enough for what moves this slowly, and a third of the usual work."""
_PICTURE_AT_S = 6
"""Where the colours have spread."""
_CLOCK = r"%{pts\:gmtime\:0\:%M\\\:%S}"
_SAID_AT_MOST = 300


class FfmpegError(Exception):
    """It made nothing; the message is the end of what it said."""


class Maker(Protocol):
    """Makes files, each whole or not at all."""

    async def film(self, film: Film, target: Path) -> None:
        """Make the film.

        Raises:
            FfmpegError: it could not be made.
        """

    async def picture(self, film: Film, target: Path) -> None:
        """Make its picture.

        Raises:
            FfmpegError: it could not be made.
        """


class Ffmpeg:
    """The machine's own."""

    def __init__(self, program: str) -> None:
        self._program = program

    @classmethod
    def found(cls) -> Ffmpeg | None:
        """The one on the PATH, if there is one."""
        program = shutil.which("ffmpeg")
        return None if program is None else cls(program)

    async def film(self, film: Film, target: Path) -> None:
        """Make a film; about two seconds' work for a minute of it."""
        coding = (
            *("-t", str(film.seconds), "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"),
            # A key frame every five seconds, so that seeking is quick.
            *("-row-mt", "1", "-b:v", "200k", "-g", str(5 * _FRAMES_PER_SECOND)),
            *("-c:a", "libopus", "-b:a", "24k", "-f", "webm"),
        )
        inputs = (*_lavfi(_colours(film)), *_lavfi(_chord(film)))
        await self._lettered(inputs, (_title(film, 24), _clock()), coding, target)

    async def picture(self, film: Film, target: Path) -> None:
        """Make its picture: the title alone, as a clock that stands still says nothing."""
        inputs = ("-ss", str(_PICTURE_AT_S), *_lavfi(_colours(film)))
        coding = ("-frames:v", "1", "-q:v", "4", "-f", "mjpeg")
        await self._lettered(inputs, (_title(film, 34),), coding, target)

    async def _lettered(
        self, inputs: tuple[str, ...], letters: tuple[str, ...], coding: tuple[str, ...], target: Path
    ) -> None:
        """With letters if it can: some are built without them, or find no typeface."""
        # Made small and drawn large: the colours are soft, and this costs a sixteenth.
        scale = f"scale={WIDTH}:{HEIGHT}:flags=bicubic,format=yuv420p"
        try:
            await self._run((*inputs, "-vf", ",".join((scale, *letters)), *coding), target)
        except FfmpegError:
            await self._run((*inputs, "-vf", scale, *coding), target)

    async def _run(self, arguments: tuple[str, ...], target: Path) -> None:
        part = target.with_name(f".{target.name}.part")
        process = await asyncio.create_subprocess_exec(
            *(self._program, "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *arguments, str(part)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, said = await process.communicate()
            if process.returncode != 0:
                text = said.decode(errors="replace").strip()
                raise FfmpegError(text[-_SAID_AT_MOST:] or f"ffmpeg ended with {process.returncode}")
            if not part.stat().st_size:
                raise FfmpegError("it made nothing")
            part.rename(target)
        finally:
            with suppress(ProcessLookupError):  # it has ended by itself, unless this was called off
                process.kill()
            await process.wait()
            part.unlink(missing_ok=True)


def _lavfi(source: str) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", source)


def _colours(film: Film) -> str:
    ground, light, accent = film.palette
    colours = f"c0=0x{ground}:c1=0x{light}:c2=0x{accent}:c3=0x{ground}:nb_colors=4"
    size = f"s={WIDTH // 4}x{HEIGHT // 4}:r={_FRAMES_PER_SECOND}:d={film.seconds}"
    across = f"x0=0:y0=0:x1={WIDTH // 4}:y1={HEIGHT // 4}"
    return f"gradients={size}:{colours}:{across}:speed=0.008:seed={film.seconds}"


def _chord(film: Film) -> str:
    """Three tones that swell at their own paces, with a soft beginning and end."""
    swelling = zip(film.chord_hz, (8, 11, 13), strict=True)
    tones = "+".join(f"0.03*sin({hz}*2*PI*t)*(0.6+0.4*sin(2*PI*t/{pace}))" for hz, pace in swelling)
    fade = f"afade=t=in:d=2,afade=t=out:st={film.seconds - 2}:d=2"
    return f"aevalsrc=exprs={tones}:s=8000:d={film.seconds - 0.1:.1f},{fade}"


def _title(film: Film, size: int) -> str:
    return (
        f"drawtext=font=sans:text={film.title}:fontcolor=white@0.92:fontsize={size}:x={_MARGIN}:y={_MARGIN}"
    )


def _clock() -> str:
    place = f"x={_MARGIN}:y=h-th-{_MARGIN + 8}"
    return f"drawtext=font='sans\\:bold':text='{_CLOCK}':fontcolor=white:fontsize=72:{place}"
