"""Dead letters and what became of them, for people and for programs to read."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from rich.table import Table

from operations.dead_letters.letters import KeptLetter
from operations.dead_letters.redrive import Redriven

SHOWN_BYTES = 10_000
"""Of a value that is not JSON."""


def table(letters: Sequence[KeptLetter]) -> Table:
    """One line a letter."""
    shown = Table()
    for heading in ("letter", "since (UTC)", "reason", "from", "tenant and person", "bytes", "detail"):
        shown.add_column(heading, overflow="fold")
    for each in letters:
        shown.add_row(
            str(each.place),
            f"{each.at:%Y-%m-%d %H:%M:%S}",
            each.letter.reason,
            _source(each),
            "\n".join(each.person or ("",)),
            f"{len(each.value):,}" if each.is_whole else "left out",
            each.letter.detail.partition("\n")[0],
        )
    return shown


def line(kept: KeptLetter, *, with_value: bool = False) -> str:
    """A letter as JSON in one line; a value that is no text is in base64."""
    tenant, person = kept.person or (None, None)
    told: dict[str, Any] = {
        "letter": str(kept.place),
        "at": kept.at,
        "reason": kept.letter.reason,
        "detail": kept.letter.detail,
        "topic": kept.letter.topic,
        "partition": kept.letter.partition,
        "offset": kept.letter.offset,
        "tenantId": tenant,
        "userId": person,
        "bytes": len(kept.value),
        "isWhole": kept.is_whole,
    }
    if with_value:
        told["key"] = kept.key.decode(errors="backslashreplace")
        try:
            told["value"] = kept.value.decode()
        except UnicodeDecodeError:
            told["valueBase64"] = b64encode(kept.value).decode()
    return msgspec.json.encode(told).decode()


def details(kept: KeptLetter) -> str:
    """A letter with all that is known of it."""
    lines = {
        "letter": str(kept.place),
        "since": f"{kept.at:%Y-%m-%d %H:%M:%S} UTC",
        "from": _source(kept),
        "reason": kept.letter.reason,
        "detail": kept.letter.detail,
        "key": kept.key.decode(errors="backslashreplace"),
    }
    told = "\n".join(f"{name:7} {value}" for name, value in lines.items())
    return f"{told}\n\n{_value(kept)}"


def _value(kept: KeptLetter) -> str:
    if not kept.is_whole:
        return "Its value was too large for the topic, and is not here."
    try:
        return msgspec.json.format(kept.value, indent=2).decode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return f"No JSON: {kept.value[:SHOWN_BYTES]!r}"


def _source(kept: KeptLetter) -> str:
    return f"{kept.letter.topic} [{kept.letter.partition}] at {kept.letter.offset}"


class Tally:
    """Says of each letter what became of it, and counts."""

    def __init__(self, *, dry_run: bool, as_json: bool) -> None:
        self._dry_run = dry_run
        self._as_json = as_json
        self.sent: Counter[str] = Counter()
        """By topic and partition."""
        self.left: Counter[str] = Counter()
        """By reason."""

    def note(self, redriven: Redriven) -> None:
        """Count a letter, and name it if it is left out."""
        if redriven.left is None:
            self.sent[f"{redriven.topic} [{redriven.partition}]"] += 1
        else:
            self.left[redriven.left] += 1
        if self._as_json:
            told = msgspec.structs.asdict(redriven) | {"letter": str(redriven.letter)}
            print(msgspec.json.encode(told).decode())  # noqa: T201 - a command speaks to a program
        elif redriven.left is not None:
            print(f"{redriven.letter} left out: {redriven.left}")  # noqa: T201 - a command speaks

    def conclude(self) -> None:
        """Say what was done altogether."""
        if self._as_json:
            return
        verb = "would be sent" if self._dry_run else "sent"
        for target, count in sorted(self.sent.items()):
            print(f"{count:,} {verb} to {target}")  # noqa: T201 - a command speaks
        print(f"{self.sent.total():,} {verb}, {self.left.total():,} left out")  # noqa: T201
