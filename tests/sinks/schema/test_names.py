"""The search key of names: the same as its reference in Python, for every character; old rows are filled."""

from __future__ import annotations

import sys
import unicodedata

import psycopg
import pytest

from sinks.schema.filling import fill
from tests.services import Database

pytestmark = pytest.mark.services

ACCENTS = (
    (0x300, 0x36F),
    (0x483, 0x487),
    (0x591, 0x5BD),
    (0x5BF, 0x5BF),
    (0x5C1, 0x5C2),
    (0x5C4, 0x5C5),
    (0x5C7, 0x5C7),
    (0x610, 0x61A),
    (0x64B, 0x65F),
    (0x670, 0x670),
    (0x6D6, 0x6DC),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE20, 0xFE2F),
)
"""Marks that change no word's letters, unlike the vowel signs of Indic scripts and Japanese voicing."""
TYPED = str.maketrans(dict(zip("øłđħŧıð", "oldhtid", strict=True)) | {"æ": "ae", "œ": "oe", "þ": "th"})


def key(name: str) -> str:
    """The reference."""

    def plain(text: str) -> str:
        decomposed = unicodedata.normalize("NFKD", text)
        return "".join(c for c in decomposed if not any(a <= ord(c) <= z for a, z in ACCENTS))

    return plain(plain(name).casefold()).translate(TYPED)


def test_every_character_has_the_key_of_the_reference(fresh_database: Database) -> None:
    # Of a version of Unicode that every Python and every server knows.
    category = unicodedata.ucd_3_2_0.category
    known = [c for c in map(chr, range(1, sys.maxunicode + 1)) if category(c) not in {"Cs", "Cn"}]
    with psycopg.connect(fresh_database.admin_dsn) as connection:
        found = connection.execute(
            "SELECT c, progress.search_key(c) FROM unnest(%s::text[]) AS c", [known]
        ).fetchall()

    assert [(c, k, key(c)) for c, k in found if k != key(c)] == []


def test_rows_of_the_release_before_are_filled(fresh_database: Database) -> None:
    with psycopg.connect(fresh_database.admin_dsn, autocommit=True) as connection:
        connection.execute("""
            INSERT INTO progress.people (tenant_id, user_id, display_name)
            SELECT gen_random_uuid(), gen_random_uuid(), 'Émile ' || n FROM generate_series(1, 6000) AS n
        """)
        connection.execute("UPDATE progress.people SET name_key = NULL")

        assert fill(connection) == 6000
        assert fill(connection) == 0
        wrong = connection.execute("SELECT count(*) FROM progress.people WHERE name_key NOT LIKE 'emile %'")
        assert wrong.fetchone() == (0,)
