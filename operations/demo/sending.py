"""Sends messages and shows the progress; what `simulate` and `replay` share."""

from __future__ import annotations

import asyncio
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from operations.demo.audience.message import Message, to_line
from operations.demo.audience.sender import Sender, SendTally
from operations.local.running_stack import gateway_url, read_settings
from playhead.identity import mint_development_token
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import TokenSettings
from playhead.signals import stopped_by_signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

PLAIN_EVERY_S = 5
"""Seconds between two lines where there is no terminal for a bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOptions:
    """The destination of messages, and the display and the record of sending."""

    title: str
    url: str | None
    """The API; None for that of the stack that runs on `data_dir`."""
    data_dir: Path
    total: int | None = None
    """Heartbeats to send; None for no end."""
    record: Path | None = None
    """The file for acknowledged messages."""


class SendingError(Exception):
    """Sending failed, or its options contradict each other; the message names the way out."""


def deliver(source: Iterable[Message], options: SendOptions, pace: Callable[[Message], float] | None) -> None:
    """Send everything, until done or stopped by Ctrl-C, and print the counts.

    Raises:
        SendingError: the server refused some of it.
    """
    settings = read_settings(TokenSettings, options.data_dir)

    def token_for(tenant: str, user: str) -> str:
        return mint_development_token(settings, TenantId(tenant), UserId(user))

    with ExitStack() as stack:
        write = stack.enter_context(options.record.open("wb")).write if options.record else None
        sender = Sender(
            options.url or gateway_url(options.data_dir),
            token_for,
            on_acknowledged=lambda message: write(to_line(message)) if write else None,
        )
        tally = asyncio.run(_watched(sender, source, pace, options))
    print(f"{tally.acknowledged} acknowledged, {tally.refused} refused, {tally.retries} sent again")
    if tally.refused:
        raise SendingError("the server refused some:\n  " + "\n  ".join(tally.refusals))


async def _watched(
    sender: Sender,
    source: Iterable[Message],
    pace: Callable[[Message], float] | None,
    options: SendOptions,
) -> SendTally:
    show = _bar if sys.stdout.isatty() else _lines
    watching = asyncio.create_task(show(options, sender.tally))
    try:
        with stopped_by_signals(sender.stop):
            return await sender.send(source, pace)
    finally:
        watching.cancel()
        await asyncio.wait([watching])


async def _bar(options: SendOptions, tally: SendTally) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(options.title, total=options.total)
        while True:
            progress.update(task, completed=tally.acknowledged + tally.refused)
            await asyncio.sleep(0.2)


async def _lines(options: SendOptions, tally: SendTally) -> None:
    started = monotonic()
    while True:
        await asyncio.sleep(PLAIN_EVERY_S)
        passed = monotonic() - started
        print(
            f"{options.title}: {tally.acknowledged} acknowledged ({tally.acknowledged / passed:.0f}/s), "
            f"{tally.refused} refused, {tally.retries} sent again",
            flush=True,
        )
