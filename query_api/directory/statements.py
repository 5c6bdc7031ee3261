"""SQL of the directory: each statement takes all rows of a batch, and returns the indices of rows it touched.

A file per kind, in sections. All statements take `tenant`, and `rows`: records as JSON, which they read as
`sent`.

- `with`: the CTEs in front of each statement.
- `refused`: the rows that refer to what is missing: index, field, and what it is that is missing.
- `store`, `remove`: statements that return the indices of the rows for which they changed something. A row
  that is as it was is not touched, so that `updated_at` dates a change: caches of the catalogue go by it.

What is missing is inserted by a statement of its own, without a conflict: every call holds its tenant's lock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from playhead.resources import read_text
from query_api.directory.entities import ENTITY_KINDS, EntityName

LOCK = "SELECT pg_advisory_xact_lock(hashtext('playhead directory'), hashtext(%(tenant)s))"
_SECTION = re.compile(r"^-- (with|refused|store|remove)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of one kind."""

    refused: tuple[str, ...]
    """None or one."""
    store: tuple[str, ...]
    remove: tuple[str, ...]


def _read(name: EntityName) -> Statements:
    _, *parts = _SECTION.split(read_text("query_api.directory", f"sql/{name}.sql"))
    sections = dict(zip(parts[::2], parts[1::2], strict=True))

    def statements(section: str) -> tuple[str, ...]:
        texts = sections[section].split("\n;\n") if section in sections else ()
        return tuple(f"WITH {sections['with']} {text}" for text in texts)

    return Statements(statements("refused"), statements("store"), statements("remove"))


STATEMENTS: Mapping[EntityName, Statements] = {name: _read(name) for name in ENTITY_KINDS}
