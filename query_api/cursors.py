"""Cursors: where a page ended, opaque to the client and checked when it comes back.

A cursor holds no more than the sort key of the last item of a page of the reader's own list, so it needs no
signature: a forged one only chooses another place in that list.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from playhead.http.problems import Problem

LATEST = 253_402_300_799_999
"""The last millisecond of the year 9999: what a timestamp of Python or a time of RFC 3339 can be."""

List = Literal["items", "continue", "history"]


class Place(Struct, frozen=True, order=True, gc=False, array_like=True):
    """The sort key of an entry: latest first, and among those of one instant, the greatest key first."""

    at: Annotated[int, Meta(ge=0, le=LATEST)]
    """ms since the epoch; 0 for never."""
    key: Annotated[str, Meta(max_length=200, pattern="^[0-9a-z~ -]*$")]
    """Made of canonical UUIDs and session keys."""


class _Cursor(Struct, frozen=True, array_like=True):
    list: List
    place: Place


_decode = msgspec.json.Decoder(_Cursor).decode


def write(of: List, place: Place) -> str:
    """The cursor of a page of this list that ended at `place`."""
    return urlsafe_b64encode(msgspec.json.encode(_Cursor(of, place))).decode().rstrip("=")


def next_of(of: List, end: Place | None) -> str | None:
    """The cursor that a page gives for the next one; None where it was the last."""
    return None if end is None else write(of, end)


def read(of: List, cursor: str | None) -> Place | None:
    """Where the page before ended; None at the beginning.

    Raises:
        Problem: 422 naming `cursor`: it is not one that this list gave.
    """
    if cursor is None:
        return None
    try:
        found = _decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise refused() from error
    if found.list != of:
        raise refused()
    return found.place


def refused() -> Problem:
    """The problem of a cursor that no list gave."""
    return Problem(
        422,
        "Invalid request",
        "not a cursor that this list gave; leave it out to begin anew",
        field="cursor",
    )
