"""Real videos, made by ffmpeg in a few seconds: a clock in the picture, an audible tone. And a document."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

SHORT_S = 20
LONG_S = 60
SHORT = "clip-20.webm"
LONG = "clip-60.webm"
SOUND = "tone-20.weba"
LIST = "hls/list.m3u8"
DOCUMENT = "handbook.html"
PAGES = 4
MISSING = (
    "no ffmpeg, which makes the videos of these tests: `apt-get install ffmpeg`; "
    'to leave them out: `pytest -m "not browser"`'
)
_PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=15")
_TONE = ("-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000")
# a keyframe each second, so that a seek lands at once
_VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "120k", "-g", "15")
_OPUS = ("-c:a", "libopus", "-b:a", "32k")
_H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-b:v", "120k", "-g", "30")
_AAC = ("-c:a", "aac", "-b:a", "48k")
_HLS = ("-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod")


class NoVideosError(Exception):
    """They cannot be made; the message names the way out."""


def make_clips(directory: Path) -> None:
    """Make all of them.

    Raises:
        NoVideosError: there is no ffmpeg.
    """
    if shutil.which("ffmpeg") is None:
        raise NoVideosError(MISSING)
    (directory / "hls").mkdir()
    (directory / DOCUMENT).write_text(_document())
    _run(*_PICTURE, *_TONE, "-t", str(SHORT_S), *_VP9, *_OPUS, str(directory / SHORT))
    _run(*_PICTURE, *_TONE, "-t", str(LONG_S), *_VP9, *_OPUS, str(directory / LONG))
    _run(*_TONE, "-t", str(SHORT_S), *_OPUS, "-f", "webm", str(directory / SOUND))
    _run(*_PICTURE, *_TONE, "-t", str(SHORT_S), *_H264, *_AAC, *_HLS, str(directory / LIST))


def _document() -> str:
    pages = (f'<section data-page="{n}"><h1>Page {n}</h1></section>' for n in range(1, PAGES + 1))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Handbook</title>'
        f"<style>section {{ height: 700px }}</style>{''.join(pages)}</html>"
    )


def _run(*arguments: str) -> None:
    command = ("ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *arguments)
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
