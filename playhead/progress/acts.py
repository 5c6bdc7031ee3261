"""Acts on an item: it is marked as completed, a mark is taken back, an attempt begins, a rule completes it.

Acts are kept as a set and interpreted in the order of their time, so it does not matter in which order they
arrive.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from playhead.progress.identifiers import NEVER, Instant, UserId

ActKind = Literal["attempt", "complete", "expire", "reopen", "rule"]
"""`complete` marks the item, `attempt` begins an attempt, `reopen` takes a mark back or, where none stands,
begins an attempt. Of the service: `expire` begins an attempt when a completion is valid no longer, and `rule`
completes the item when a changed rule is satisfied by what was watched before."""
MAX_ACTS = 100
"""The latest acts that are kept of an item."""

_ORDER: tuple[ActKind, ...] = ("attempt", "expire", "reopen", "rule", "complete")
"""The order of acts of the same instant: a mark made in the instant of an attempt stands."""


class ItemAct(Struct, frozen=True, gc=False, array_like=True):
    """One act of a person, or of the service."""

    at: Instant
    kind: ActKind
    by: UserId | None = None
    """Who acted on the person's behalf; None for the person, and for the service."""
    adjusted_ms: int = 0
    """How far ingest moved `at`, since the client's clock is wrong."""

    @property
    def order(self) -> tuple[int, int, str, int]:
        """The order in which acts are interpreted."""
        return (self.at, _ORDER.index(self.kind), self.by or "", self.adjusted_ms)


class ItemAttempt(Struct, frozen=True, gc=False):
    """A time during which an item is to be completed once."""

    since: Instant = NEVER
    """When it began; 0 for the first."""
    until: Instant | None = None
    """When the next one began; None for the current one."""
    mark: ItemAct | None = None
    """The mark by which it is completed by hand, if one stands."""
    rule: ItemAct | None = None
    """The change of a rule that completed it, if one did."""


FIRST_ATTEMPT = ItemAttempt()


def join_acts(one: tuple[ItemAct, ...], other: tuple[ItemAct, ...]) -> tuple[ItemAct, ...]:
    """All acts of both, in order; of more than `MAX_ACTS`, those that change something come first."""
    if one == other or not other:
        return one
    acts = sorted(set(one) | set(other), key=lambda act: act.order)
    if len(acts) <= MAX_ACTS:
        return tuple(acts)
    return tuple(_without_repetitions(acts)[-MAX_ACTS:])


def _without_repetitions(acts: Iterable[ItemAct]) -> list[ItemAct]:
    """The acts without the marks, or rules, of an item that is completed by one already."""
    kept: list[ItemAct] = []
    for act in acts:
        if not kept or kept[-1].kind != act.kind or act.kind not in ("complete", "rule"):
            kept.append(act)
    return kept
