"""The configuration page is current, and says what every variable means."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.cli.deployment import as_markdown, rows

PAGE = Path(__file__).parents[3] / "docs" / "configuration.md"


def test_the_committed_page_is_current() -> None:
    """`playhead settings --markdown > docs/configuration.md` writes it."""
    assert PAGE.read_text() == as_markdown()


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row[0])
def test_every_variable_says_what_it_means(row: tuple[str, str, str, str]) -> None:
    assert row[2].endswith("."), row[0]


def test_no_secret_is_printed() -> None:
    assert "development-secret" not in as_markdown()
