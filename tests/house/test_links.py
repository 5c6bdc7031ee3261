"""The links of the documents lead somewhere; those that name code name what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.source import ROOT, listed, symbols

DOCUMENTS = [path for path in listed("*.md") if path.parts[0] != "web"]
LINK = re.compile(r"\[(?P<text>[^\]\[]+)\]\((?P<target>[^)\s]+)\)")
CODE = re.compile(r"^`(?P<symbol>[A-Za-z_][\w.]*)(?:\(\))?`$")
HEADING = re.compile(r"^#+\s+(?P<title>.+)$", re.MULTILINE)
QUESTIONS = "## A newcomer's questions"


def links(document: Path) -> list[tuple[str, str]]:
    """Of a document: each link's text and target, without those that leave the repository."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return [(m["text"], m["target"]) for m in LINK.finditer(text) if "://" not in m["target"]]


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_link_leads_to_a_file_and_a_heading(document: Path) -> None:
    assert [target for _, target in links(document) if not _exists(document, target)] == []


@pytest.mark.parametrize("document", [Path("docs/architecture.md"), Path("CONTRIBUTING.md")], ids=str)
def test_a_link_that_names_code_leads_to_where_it_is_defined(document: Path) -> None:
    named = [
        (match["symbol"], _file(document, target))
        for text, target in links(document)
        if (match := CODE.match(text)) and target.endswith(".py")
    ]
    assert named, "the document names no code"
    assert [f"{symbol} in {path}" for symbol, path in named if symbol not in symbols(path)] == []


def test_every_question_of_a_newcomer_is_answered_with_a_file_and_a_function() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition(QUESTIONS)[2].partition("\n## ")[0]
    answers = [each for each in section.split("\n- ")[1:] if each.strip()]
    assert len(answers) >= 8
    assert [
        answer for answer in answers if not re.search(r"\[`\w[\w.]*(\(\))?`\]\([^)]+\.\w+\)", answer)
    ] == []


def _file(document: Path, target: str) -> Path:
    return (ROOT / document.parent / target.partition("#")[0]).resolve().relative_to(ROOT)


def _exists(document: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    place = (ROOT / document.parent / path) if path else ROOT / document
    if not place.exists():
        return False
    return not anchor or place.suffix != ".md" or anchor in _anchors(place)


def _anchors(place: Path) -> set[str]:
    titles = HEADING.findall(place.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
