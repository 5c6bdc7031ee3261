"""Cursors: opaque texts that say where a page ended, checked when a client sends them back.

A cursor holds the sort key of a page's last entry and the name of its list. It needs no signature: a forged
cursor selects another place in a list whose scope is checked for every page.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from query_api.errors import InvalidRequestError

T = TypeVar("T")

LATEST = 253_402_300_799_999
"""The last millisecond of the year 9999, the latest that Python's datetime and RFC 3339 can express."""

ListName = Literal["items", "continue", "history"]


class SortKey(Struct, frozen=True, order=True, gc=False, array_like=True):
    """The sort key of a list entry: by time, then by key, both descending."""

    at: Annotated[int, Meta(ge=0, le=LATEST)]
    """ms since the epoch; 0 for never."""
    key: Annotated[str, Meta(max_length=200, pattern="^[0-9a-z_~ -]*$")]
    """Made of canonical UUIDs, session keys and kinds of acts."""


class _ListCursor(Struct, frozen=True, array_like=True):
    list: ListName
    end: SortKey


_decode_list_cursor = msgspec.json.Decoder(_ListCursor).decode


def write(of: ListName, end: SortKey | None) -> str | None:
    """Return the cursor of the page after `end` in this list; None after the last page."""
    return None if end is None else encode(_ListCursor(of, end))


def read(of: ListName, cursor: str | None) -> SortKey | None:
    """Return where the page before ended; None for the first page.

    Raises:
        InvalidRequestError: It is not a cursor of this list.
    """
    if cursor is None:
        return None
    found = decode(_decode_list_cursor, cursor)
    if found.list != of:
        raise refused()
    return found.end


def encode(fields: Struct) -> str:
    """Return the cursor that holds these fields."""
    return urlsafe_b64encode(msgspec.json.encode(fields)).decode().rstrip("=")


def decode(decoder: Callable[[bytes], T], cursor: str) -> T:
    """Return the fields of a cursor.

    Raises:
        InvalidRequestError: It holds no such fields.
    """
    try:
        return decoder(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise refused() from error


def refused() -> InvalidRequestError:
    """Return the error of a cursor that does not belong to the list."""
    return InvalidRequestError("cursor", "not a cursor of this list; leave it out to get the first page")
