"""The demo's files: made by a real ffmpeg, or ready-made, whole, and only once."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from operations.demo.audience.catalogue import DOCUMENT, DOCUMENT_PAGES
from operations.demo.ffmpeg import Ffmpeg, FfmpegError
from operations.demo.making import make
from operations.demo.media import works
from operations.demo.picture import drawn
from operations.demo.work import PALETTES, Film, Reading, Work

FILMS = [work for work in works() if isinstance(work, Film)]
SHORT = Film("fire-safety-at-work", "Fire safety at work", PALETTES[2], seconds=8, chord_hz=(175, 220, 262))
READY_MADE = Path(str(files("operations.demo.ready_made") / "files"))
JPEG, WEBM = b"\xff\xd8\xff", b"\x1a\x45\xdf\xa3"
real = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="asks a real ffmpeg")


class Recording:
    """A maker that notes what it was asked for, and fails if it is told to."""

    def __init__(self, *, fails: bool = False) -> None:
        self.asked: list[str] = []
        self._fails = fails

    async def film(self, film: Film, target: Path) -> None:
        self.asked.append(film.name)
        if self._fails:
            raise FfmpegError("Unknown encoder 'libvpx-vp9'")
        await asyncio.to_thread(target.write_bytes, b"made")

    async def picture(self, film: Film, target: Path) -> None:
        await asyncio.to_thread(target.write_bytes, film.title.encode())


def made(folder: Path, maker: Recording | Ffmpeg | None, of: list[Work] | None = None) -> list[str]:
    """What was reported meanwhile."""
    said: list[str] = []
    asyncio.run(make(works() if of is None else of, folder, maker, said.append))
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    return said


def probed(file: Path) -> tuple[float, set[str]]:
    """How long it is, and what is in it."""
    command = ("ffprobe", "-v", "error", "-of", "json", "-show_entries", "format=duration:stream=codec_name")
    told = json.loads(subprocess.check_output([*command, file]))
    return float(told["format"]["duration"]), {each["codec_name"] for each in told["streams"]}


@real
def test_ffmpeg_makes_a_film_as_long_as_it_should_be_and_its_picture(tmp_path: Path) -> None:
    said = made(tmp_path, Ffmpeg.found(), [SHORT])
    assert said == ["making film 1 of 1 with ffmpeg, this once: Fire safety at work"]
    seconds, inside = probed(tmp_path / SHORT.video)
    assert seconds == pytest.approx(8, abs=0.05)
    assert inside == {"vp9", "opus"}
    assert (tmp_path / SHORT.picture).read_bytes().startswith(JPEG)


@real
def test_without_letters_there_is_still_a_film(tmp_path: Path) -> None:
    """As where ffmpeg was built without them."""
    program = tmp_path / "ffmpeg"
    program.write_text(
        f'#!/bin/sh\ncase "$*" in *drawtext*) exit 8;; esac\nexec {shutil.which("ffmpeg")} "$@"\n'
    )
    program.chmod(0o755)
    said = made(tmp_path / "media", Ffmpeg(str(program)), [SHORT])
    assert len(said) == 1
    assert probed(tmp_path / "media" / SHORT.video)[1] == {"vp9", "opus"}


@real
@pytest.mark.parametrize("film", FILMS, ids=lambda film: film.name)
def test_a_ready_made_film_is_as_long_as_the_directory_says(film: Film) -> None:
    seconds, inside = probed(READY_MADE / film.video)
    assert seconds == pytest.approx(film.seconds, abs=0.05)
    assert inside == {"vp9", "opus"}


@real
def test_ffmpeg_that_makes_nothing_has_failed(tmp_path: Path) -> None:
    too_short = Film("short", "Short", PALETTES[0], seconds=3, chord_hz=(175, 220, 262))
    with pytest.raises(FfmpegError, match="nothing"):  # as there is no sixth second to take a picture of
        asyncio.run(Ffmpeg("ffmpeg").picture(too_short, tmp_path / "short.jpg"))
    assert list(tmp_path.iterdir()) == []


def test_what_is_made_once_is_kept(tmp_path: Path) -> None:
    maker = Recording()
    assert len(made(tmp_path, maker)) == 3
    assert made(tmp_path, maker) == []
    assert maker.asked == [film.name for film in FILMS]
    assert {path.read_bytes() for path in tmp_path.glob("*.webm")} == {b"made"}


@pytest.mark.parametrize("maker", [None, Recording(fails=True), Ffmpeg("/bin/false")])
def test_without_an_ffmpeg_that_works_the_films_are_the_ready_made(
    tmp_path: Path, maker: Recording | Ffmpeg | None
) -> None:
    said = made(tmp_path, maker)
    assert "the demo shows the small films that come with it" in said[-1]
    assert len([line for line in said if "small films" in line]) == 1  # who failed once is not asked again
    for film in FILMS:
        assert (tmp_path / film.video).read_bytes().startswith(WEBM)
        assert (tmp_path / film.picture).read_bytes().startswith(JPEG)


def test_every_item_has_a_picture_and_each_its_own(tmp_path: Path) -> None:
    made(tmp_path, None)
    assert all((tmp_path / work.picture).exists() for work in works())
    drawings = [drawn(work) for work in works() if not isinstance(work, Film)]
    assert len(set(drawings)) == len(drawings)


def test_a_drawing_carries_the_title_whatever_is_in_it() -> None:
    drawing = ET.fromstring(drawn(Work("a-b", 'Wölfe & "Schafe" <hier>, in drei langen Zeilen', PALETTES[0])))  # noqa: S314 - ours
    assert "".join(drawing.itertext()).split() != []
    assert " ".join(each.text or "" for each in drawing.iter("{http://www.w3.org/2000/svg}tspan")) == (
        'Wölfe & "Schafe" <hier>, in drei langen Zeilen'
    )


@pytest.mark.parametrize("title", ["It's here", "a:b", "a,b", "50 % off", "a\nb"])
def test_a_title_that_ffmpeg_would_misread_is_refused(title: str) -> None:
    with pytest.raises(ValueError, match="letters, digits and spaces"):
        Film("a", title.replace("\n", ";"), PALETTES[0], seconds=5, chord_hz=(1, 2, 3))


class Pages(HTMLParser):
    """Finds the pages of a document, and whatever it would load or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.pages: list[str] = []
        self.foreign: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "section":
            self.pages.append(str(given["data-page"]))
        if tag in {"script", "link", "img", "iframe"} or {"src", "style", "onclick"} & given.keys():
            self.foreign.append(tag)


def test_the_document_has_its_pages_in_order_and_loads_nothing() -> None:
    (reading,) = (work for work in works() if isinstance(work, Reading))
    assert works().index(reading) == DOCUMENT
    text = (READY_MADE / reading.document).read_text("utf-8")
    found = Pages(text)
    assert found.pages == [str(number) for number in range(1, DOCUMENT_PAGES + 1)]
    assert found.foreign == []
    assert f"<title>{reading.title}</title>" in text
    assert "color-scheme: light dark" in text


def test_called_off_it_leaves_no_process_and_no_part(tmp_path: Path) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text('#!/bin/sh\necho $$ >"$(dirname "$0")/pid"\nexec sleep 600\n')
    program.chmod(0o755)
    folder = tmp_path / "media"

    async def called_off() -> None:
        making = asyncio.create_task(make([SHORT], folder, Ffmpeg(str(program)), lambda _: None))
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            await asyncio.sleep(0.01)
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making

    asyncio.run(called_off())
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()
    assert list(folder.iterdir()) == []
