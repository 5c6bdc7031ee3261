"""The demo's media: shipped or drawn, whole, and as the directory describes them."""

from __future__ import annotations

import json
import shutil
import subprocess
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest

from operations.demo.audience.catalogue import DOCUMENT, DOCUMENT_PAGES, TITLES, catalogue, file_name
from operations.demo.audience.habits import FILM_SECONDS, Habits
from operations.demo.media import SHIPPED, make_media, picture

JPEG, WEBM = b"\xff\xd8\xff", b"\x1a\x45\xdf\xa3"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_media(tmp_path / "media")
    return tmp_path / "media"


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="asks a real ffprobe")
@pytest.mark.parametrize("number", FILM_SECONDS)
def test_a_film_is_as_long_as_the_directory_says(number: int) -> None:
    command = ("ffprobe", "-v", "error", "-of", "json", "-show_entries", "format=duration:stream=codec_name")
    probed = json.loads(subprocess.check_output([*command, str(SHIPPED / f"{file_name(number)}.webm")]))
    assert float(probed["format"]["duration"]) == pytest.approx(FILM_SECONDS[number], abs=0.05)
    assert {each["codec_name"] for each in probed["streams"]} == {"vp9", "opus"}


def test_the_folder_holds_the_files_of_the_catalogue_and_no_others(folder: Path) -> None:
    rows = catalogue(Habits())
    addresses = [row[name] for row in rows for name in ("mediaUrl", "thumbnailUrl") if name in row]
    assert {path.name for path in folder.iterdir()} == {Path(address).name for address in addresses}
    assert len(addresses) == len(set(addresses))


def test_three_films_with_their_pictures_and_a_document_ship_with_the_demo(folder: Path) -> None:
    for number in FILM_SECONDS:
        assert (folder / f"{file_name(number)}.webm").read_bytes().startswith(WEBM)
        assert (folder / f"{file_name(number)}.jpg").read_bytes().startswith(JPEG)
    document = f"{file_name(DOCUMENT)}.html"
    assert (folder / document).read_bytes() == (SHIPPED / document).read_bytes()


def test_a_file_of_an_earlier_start_is_replaced(folder: Path) -> None:
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    for path in folder.iterdir():
        path.write_bytes(b"half of it")
    make_media(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files


def test_every_item_has_a_picture_of_its_own(folder: Path) -> None:
    pictures = [next(folder.glob(f"{file_name(number)}.[js][pv]g")) for number in range(len(TITLES))]
    assert len({path.read_bytes() for path in pictures}) == len(TITLES)


def test_a_drawing_carries_the_title_whatever_is_in_it() -> None:
    title = 'Wölfe & "Schafe" <hier>, in drei langen Zeilen'
    drawing = ET.fromstring(picture(title, 0))  # noqa: S314 - ours
    lines = [each.text or "" for each in drawing.iter("{http://www.w3.org/2000/svg}tspan")]
    assert " ".join(lines) == title


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
    text = (SHIPPED / f"{file_name(DOCUMENT)}.html").read_text("utf-8")
    found = Pages(text)
    assert found.pages == [str(number) for number in range(1, DOCUMENT_PAGES + 1)]
    assert found.foreign == []
    assert f"<title>{TITLES[DOCUMENT][0]}</title>" in text
    assert "color-scheme: light dark" in text
