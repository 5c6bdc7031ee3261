"""Completions and acts: the milestones of a person's progress with an item, as rows. Pure.

`progress.completions` and `progress.acts` hold them. They change seldom, so a row of `user_progress` keeps a
digest of its own, and a batch writes only those whose digest changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

from playhead.progress.attempts import effects
from playhead.progress.figures.summary import CompletedAttempt
from playhead.progress.identifiers import UserId
from playhead.progress.progress import Progress
from playhead.wire.states import STATE_VERSION
from sinks.states.decode import StateEntry

ActRow = tuple[int, str, str, UserId | None, int, float | None, int]
"""When in milliseconds, the key among the acts of that instant, what it did, who acted, and by how much the
time was moved; of an import also its percentage and its watch time in milliseconds."""


def digest(entry: StateEntry) -> str | None:
    """The digest of an entry's milestones; empty if it has none, None if its state does not say."""
    if entry.state.v < STATE_VERSION:
        return None
    completions, progress = entry.state.summary.completions, entry.progress
    if not (completions or progress.acts or progress.imports):
        return ""
    text = f"{completions}{act_rows(progress)}"
    return blake2b(text.encode(), digest_size=12).hexdigest()


def act_rows(progress: Progress) -> list[ActRow]:
    """The acts that changed something, in order, and then the imports."""
    found = {(act.at, effect): act for act, effect in effects(progress)}
    acts: list[ActRow] = [
        (at, effect, effect, act.by, act.adjusted_ms, None, 0) for (at, effect), act in found.items()
    ]
    imports: list[ActRow] = [
        (each.instant, f"import {each.id}", "import", None, 0, each.percentage, each.watch_ms)
        for each in progress.imports
    ]
    return acts + imports


def completion_values(entries: Iterable[StateEntry]) -> Mapping[str, list[Any]]:
    """The parameters of `store_completions.sql`."""
    rows = [
        (*entry.owner.split("\t"), number, each.at, each.evidence, each.by)
        for entry in entries
        for number, each in _numbered(entry)
    ]
    names = ("tenants", "users", "contents", "numbers", "instants", "evidence", "marked_by")
    return _columns(names, rows)


def act_values(entries: Iterable[StateEntry]) -> Mapping[str, list[Any]]:
    """The parameters of `store_acts.sql`."""
    rows = [(*entry.owner.split("\t"), *act) for entry in entries for act in act_rows(entry.progress)]
    names = (
        *("tenants", "users", "contents", "instants", "keys", "kinds", "acted_by", "adjusted"),
        *("percentages", "wall_times"),
    )
    return _columns(names, rows)


def owner_values(entries: Iterable[StateEntry]) -> Mapping[str, list[Any]]:
    """The keys of entries, as parameters."""
    return _columns(("tenants", "users", "contents"), [entry.owner.split("\t") for entry in entries])


def _numbered(entry: StateEntry) -> Iterator[tuple[int, CompletedAttempt]]:
    return enumerate(entry.state.summary.completions, start=1)


def _columns(names: tuple[str, ...], rows: list[Any]) -> Mapping[str, list[Any]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}
