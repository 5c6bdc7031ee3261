"""The content of one request, and the file format that `simulate --record` writes and `replay` reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from operations.demo.audience.viewer import Beat


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person's heartbeats, as bodies of the HTTP API; several are sent as a batch."""

    user: str
    tenant: str
    due_s: float
    heartbeats: tuple[dict[str, Any], ...]
    clock_offset_seconds: float = 0.0
    """How far the clock of the device is ahead, by which all its times are."""


_encode = msgspec.json.encode
_decode = msgspec.json.Decoder(Message).decode


def to_line(message: Message) -> bytes:
    """Encode a message as one line of JSON."""
    return _encode(message) + b"\n"


def from_lines(lines: Iterable[bytes]) -> Iterator[Message]:
    """Decode messages; empty lines are skipped.

    Raises:
        ValueError: a line is no message; the error names the line and the field.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _decode(line)
        except msgspec.DecodeError as error:
            raise ValueError(f"line {number}: {error}") from error


def messages(beats: Iterable[Beat], tenant: str, start_s: float, batch: int) -> Iterator[Message]:
    """Group beats into messages. `start_s` is the simulation's start, in seconds since the epoch.

    With `batch` above one, the heartbeats of a person wait until there are that many.
    """
    waiting: dict[str, list[dict[str, Any]]] = {}
    for beat in beats:
        heartbeat = beat.body | {"occurredAt": _rfc3339(start_s + beat.occurred_s)}
        ready = waiting.setdefault(beat.user, [])
        ready.append(heartbeat)
        if len(ready) >= batch:
            del waiting[beat.user]
            yield Message(user=beat.user, tenant=tenant, due_s=beat.due_s, heartbeats=tuple(ready))
    for user, rest in waiting.items():
        yield Message(user=user, tenant=tenant, due_s=0.0, heartbeats=tuple(rest))


def by_a_fast_clock(message: Message, ahead_seconds: int) -> Message:
    """The message of a device whose clock is ahead, and which says so."""
    ahead = timedelta(seconds=ahead_seconds)

    def moved(heartbeat: dict[str, Any]) -> dict[str, Any]:
        occurred = datetime.fromisoformat(heartbeat["occurredAt"]) + ahead
        return heartbeat | {"occurredAt": _rfc3339(occurred.timestamp())}

    heartbeats = tuple(moved(each) for each in message.heartbeats)
    return msgspec.structs.replace(message, heartbeats=heartbeats, clock_offset_seconds=ahead_seconds)


def _rfc3339(instant_s: float) -> str:
    return datetime.fromtimestamp(instant_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
