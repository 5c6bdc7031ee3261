"""Print dead letters and the results of a redrive, as tables and text or as JSON lines."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from rich.table import Table

from operations.dead_letters.dead_letter import DeadLetterRecord
from operations.dead_letters.redrive import RedriveResult

SHOWN_BYTES = 10_000
"""The most that is shown of a value that is not JSON."""


def table(records: Sequence[DeadLetterRecord]) -> Table:
    """One row for each dead letter."""
    shown = Table()
    for heading in ("letter", "since (UTC)", "reason", "from", "tenant and person", "bytes", "detail"):
        shown.add_column(heading, overflow="fold")
    for each in records:
        shown.add_row(
            str(each.id),
            f"{each.at:%Y-%m-%d %H:%M:%S}",
            each.origin.reason,
            _source(each),
            "\n".join(each.person or ("",)),
            f"{len(each.value):,}" if each.is_whole else "left out",
            each.origin.detail.partition("\n")[0],
        )
    return shown


def line(record: DeadLetterRecord, *, with_value: bool = False) -> str:
    """A dead letter as one line of JSON; a value that is not UTF-8 is in base64."""
    tenant, person = record.person or (None, None)
    fields: dict[str, Any] = {
        "letter": str(record.id),
        "at": record.at,
        "reason": record.origin.reason,
        "detail": record.origin.detail,
        "topic": record.origin.topic,
        "partition": record.origin.partition,
        "offset": record.origin.offset,
        "tenantId": tenant,
        "userId": person,
        "bytes": len(record.value),
        "isWhole": record.is_whole,
    }
    if with_value:
        fields["key"] = record.key.decode(errors="backslashreplace")
        try:
            fields["value"] = record.value.decode()
        except UnicodeDecodeError:
            fields["valueBase64"] = b64encode(record.value).decode()
    return msgspec.json.encode(fields).decode()


def details(record: DeadLetterRecord) -> str:
    """Everything about a dead letter, as text."""
    fields = {
        "letter": str(record.id),
        "since": f"{record.at:%Y-%m-%d %H:%M:%S} UTC",
        "from": _source(record),
        "reason": record.origin.reason,
        "detail": record.origin.detail,
        "key": record.key.decode(errors="backslashreplace"),
    }
    lines = "\n".join(f"{name:7} {value}" for name, value in fields.items())
    return f"{lines}\n\n{_value(record)}"


def _value(record: DeadLetterRecord) -> str:
    if not record.is_whole:
        return "Its value was too large for the topic, and is not here."
    try:
        return msgspec.json.format(record.value, indent=2).decode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return f"No JSON: {record.value[:SHOWN_BYTES]!r}"


def _source(record: DeadLetterRecord) -> str:
    return f"{record.origin.topic} [{record.origin.partition}] at {record.origin.offset}"


class RedriveReport:
    """Lines about the results of a redrive; counts them while they are taken."""

    def __init__(self, *, dry_run: bool, as_json: bool) -> None:
        self._verb = "would be sent" if dry_run else "sent"
        self._as_json = as_json
        self.sent: Counter[str] = Counter()
        """By topic and partition."""
        self.left = 0

    def lines(self, results: Iterable[RedriveResult]) -> Iterator[str]:
        """A line for each result as it comes, if it is JSON or was not sent; then the sums."""
        for each in results:
            if each.left is None:
                self.sent[f"{each.topic} [{each.partition}]"] += 1
            else:
                self.left += 1
            if self._as_json:
                fields = msgspec.structs.asdict(each) | {"letter": str(each.letter)}
                yield msgspec.json.encode(fields).decode()
            elif each.left is not None:
                yield f"{each.letter} left out: {each.left}"
        if not self._as_json:
            yield from (f"{count:,} {self._verb} to {target}" for target, count in sorted(self.sent.items()))
            yield f"{self.sent.total():,} {self._verb}, {self.left:,} left out"
