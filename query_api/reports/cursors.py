"""Cursors of reports: the place of a page's last row, checked when it comes back.

As those of `query_api.cursors`, they need no signature: a forged one only chooses another place in a list
whose scope is decided anew for every page.
"""

from __future__ import annotations

import binascii
import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from query_api.cursors import refused
from query_api.reports.query import ordering
from query_api.reports.table import Ask, Kind

_BIGINT = 2**63


class _Cursor(Struct, frozen=True, array_like=True):
    table: str
    sort: str
    place: list[str | int | float | bool]


_decode = msgspec.json.Decoder(_Cursor).decode


def write(ask: Ask, place: Sequence[Any]) -> str:
    """The cursor of a page that ended at `place`, as Postgres gave it."""
    plain = [each if isinstance(each, bool | int | float) else str(each) for each in place]
    encoded = msgspec.json.encode(_Cursor(ask.table.name, ask.sort, plain))
    return urlsafe_b64encode(encoded).decode().rstrip("=")


def read(ask: Ask, cursor: str | None) -> list[Any] | None:
    """Where the page before ended; None at the beginning.

    Raises:
        Problem: 422 naming `cursor`: this report, in this order, gave no such cursor.
    """
    if cursor is None:
        return None
    columns = ordering(ask)
    try:
        found = _decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if (found.table, found.sort, len(found.place)) != (ask.table.name, ask.sort, len(columns)):
            raise refused()
        return [_READ[column.kind](part) for column, part in zip(columns, found.place, strict=True)]
    except (binascii.Error, ValueError, TypeError, OverflowError) as error:
        raise refused() from error


def _text(given: Any) -> str:
    if not isinstance(given, str) or "\0" in given:
        raise ValueError("not a text that Postgres can hold")
    return given


def _integer(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not -_BIGINT <= given < _BIGINT:
        raise ValueError("not an integer that Postgres can hold")
    return given


def _number(given: Any) -> float:
    number = float(given)
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number


def _boolean(given: Any) -> bool:
    if not isinstance(given, bool):
        raise TypeError("not a boolean")
    return given


def _time(given: Any) -> datetime:
    moment = datetime.fromisoformat(_text(given))
    if moment.tzinfo is None:
        raise ValueError("a time without an offset")
    return moment.astimezone(UTC)  # Postgres knows no offsets finer than a second


_READ: Mapping[Kind, Callable[[Any], Any]] = {
    "id": lambda given: str(UUID(_text(given))),
    "text": _text,
    "integer": _integer,
    "percentage": _integer,
    "number": _number,
    "seconds": _integer,
    "time": _time,
    "date": lambda given: date.fromisoformat(_text(given)),
    "boolean": _boolean,
}
