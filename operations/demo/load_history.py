"""Loads four weeks of demo data over HTTP, as players send it that were offline until now."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from operations.demo.audience.habits import DEMO_TENANT, Habits
from operations.demo.audience.message import by_a_fast_clock, messages
from operations.demo.audience.organisation import FAST_CLOCK, LEARNER, NEWCOMER
from operations.demo.audience.past import DAYS, learners_past, past
from operations.demo.audience.sender import Sender
from playhead.identity import mint_development_token
from playhead.progress.identifiers import TenantId, UserId

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from operations.demo.audience.message import Message
    from playhead.settings import TokenSettings

_AT_ONCE = 50
"""Heartbeats of a person in a request; a hundred could exceed the 64 KiB limit of a body."""
_WORKERS = 4
_AHEAD_S = 3 * 86_400


async def load_history(
    url: str, settings: TokenSettings, marker: Path, now: datetime, report: Callable[[str], object]
) -> None:
    """Load the history, unless the file `marker` exists, and create that file."""
    if await asyncio.to_thread(marker.exists):
        return
    sent = list(_messages(now))
    count = sum(len(message.heartbeats) for message in sent)
    report(f"loading the past {DAYS} days: {count} heartbeats")

    def token_for(tenant: str, user: str) -> str:
        return mint_development_token(settings, TenantId(tenant), UserId(user))

    tally = await Sender(url, token_for, workers=_WORKERS).send(sent)
    if tally.refused:
        report(f"warning: {tally.refused} of them were refused: {tally.refusals[0]}")
    await asyncio.to_thread(marker.write_text, f"{now.isoformat()}\n")


def _messages(now: datetime) -> list[Message]:
    first = (now.astimezone(UTC) - timedelta(days=DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    until_s = (now - first).total_seconds()
    others = Habits(away=frozenset({LEARNER, NEWCOMER}))
    beats = chain(past(others, first.date(), until_s), learners_past(others, until_s))
    fast = others.user(FAST_CLOCK)
    return [
        by_a_fast_clock(each, _AHEAD_S) if each.user == fast else each
        for each in messages(beats, DEMO_TENANT, first.timestamp(), _AT_ONCE)
    ]
