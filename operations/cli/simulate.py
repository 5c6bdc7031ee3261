"""`playhead simulate` sends heartbeats of simulated people; `playhead replay` sends recorded ones again."""

from __future__ import annotations

import secrets
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from operations.cli.failures import explained
from operations.cli.options import DEFAULT_DATA_DIR, ApiOption, DataDirOption
from operations.demo.audience.habits import DEMO_TENANT, Habits

if TYPE_CHECKING:
    from collections.abc import Callable

    from operations.demo.audience.message import Message

MOST_DAYS = 29
"""The longest simulated past: what ingest accepts, less a day for the run itself."""
SETTLING_S = 900
"""Time between the last simulated heartbeat and now, for those that are sent late."""


def simulate(
    *,
    audience: Annotated[int, typer.Option(help="How many people.", min=1)] = 100,
    items: Annotated[int, typer.Option(help="How many items they choose from.", min=1)] = 24,
    seed: Annotated[int | None, typer.Option(help="The same seed, the same heartbeats.")] = None,
    heartbeats: Annotated[int, typer.Option(help="How many to send.", min=1)] = 1_000,
    forever: Annotated[bool, typer.Option(help="Go on until stopped, in real time.")] = False,
    rate: Annotated[
        float | None,
        typer.Option(help="Heartbeats a second, 0 for as fast as it goes; default: real time.", min=0),
    ] = None,
    batch: Annotated[int, typer.Option(help="Heartbeats of a person in one request.", min=1, max=500)] = 1,
    duplicates: Annotated[float, typer.Option(help="Share sent twice.", min=0, max=1)] = 0.02,
    reordering: Annotated[float, typer.Option(help="Share overtaken by others.", min=0, max=1)] = 0.02,
    offline: Annotated[float, typer.Option(help="Share of sessions that go offline.", min=0, max=1)] = 0.05,
    rewatching: Annotated[float, typer.Option(help="Share of sessions from the start.", min=0, max=1)] = 0.2,
    seeking: Annotated[float, typer.Option(help="Share of heartbeats before a seek.", min=0, max=1)] = 0.05,
    devices: Annotated[float, typer.Option(help="Share of people with two devices.", min=0, max=1)] = 0.3,
    rest: Annotated[
        float, typer.Option(help="Minutes a device rests after a session, on average.", min=0)
    ] = 0,
    away: Annotated[
        list[int] | None, typer.Option(help="Number of a person who does not watch.", min=0)
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="The tenant's UUID.")] = None,
    url: ApiOption = None,
    record: Annotated[
        Path | None, typer.Option(help="Write what was acknowledged here, for `playhead replay`.")
    ] = None,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Let a simulated audience watch: seeking, rewatching, on several devices, offline, and sent twice.

    In real time each device that plays sends a heartbeat every ten seconds. With --rate the audience lives in
    the recent past, as much faster as the rate asks.
    """
    from operations.demo.audience.message import messages
    from operations.demo.audience.viewer import audience as an_audience
    from operations.demo.sending import SendingError, SendOptions, deliver

    chosen = secrets.randbelow(2**32) if seed is None else seed
    habits = Habits(
        size=audience,
        items=items,
        seed=chosen,
        duplicates=duplicates,
        reordering=reordering,
        offline=offline,
        rewatching=rewatching,
        seeking=seeking,
        devices=devices,
        rest_s=rest * 60,
        away=frozenset(away or ()),
    )
    beats = an_audience(habits) if forever else islice(an_audience(habits), heartbeats)
    span_s = heartbeats * 10 / audience
    with explained(SendingError):
        if rate is not None and (forever or span_s > MOST_DAYS * 86_400):
            raise SendingError(
                f"{heartbeats} heartbeats of {audience} people are {span_s / 86_400:.0f} days of watching: "
                f"more than the {MOST_DAYS} that a heartbeat may be late. Raise --audience."
                if not forever
                else "--forever is in real time: leave out --rate, or give --heartbeats"
            )
        start_s = time.time() - (0 if rate is None else span_s + SETTLING_S)
        options = SendOptions(
            title=f"{audience} people, seed {chosen}",
            url=url,
            data_dir=data_dir,
            total=None if forever else heartbeats,
            record=record,
        )
        deliver(messages(beats, tenant or DEMO_TENANT, start_s, batch), options, _pace(rate))


def _pace(rate: float | None) -> Callable[[Message], float] | None:
    """Seconds from the start until a message is sent; None for as fast as possible."""
    if rate is None:
        return lambda message: message.due_s
    if rate == 0:
        return None
    sent = 0

    def at_rate(message: Message) -> float:
        nonlocal sent
        due_s = sent / rate
        sent += len(message.heartbeats)
        return due_s

    return at_rate


def replay(
    file: Annotated[
        Path, typer.Argument(help="JSON lines, as `simulate --record` writes them.", exists=True)
    ],
    *,
    in_time: Annotated[
        bool, typer.Option(help="At the pace of the recording, not as fast as it goes.")
    ] = False,
    url: ApiOption = None,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Send recorded heartbeats again: with the same ids and times, so that nothing is counted twice."""
    from operations.demo.audience.message import from_lines
    from operations.demo.sending import SendingError, SendOptions, deliver

    with explained(SendingError), file.open("rb") as lines:
        try:
            total = sum(len(message.heartbeats) for message in from_lines(lines))
        except ValueError as error:
            raise SendingError(f"{file}, {error}") from error
        lines.seek(0)
        options = SendOptions(title=f"replaying {file.name}", url=url, data_dir=data_dir, total=total)
        deliver(from_lines(lines), options, (lambda message: message.due_s) if in_time else None)
