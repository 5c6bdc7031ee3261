"""Checks the rows of a request one by one: which can be stored, what is wrong with the others. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import msgspec
from msgspec import Raw, Struct

from playhead.http.bodies import fault_of
from query_api.directory.answers import Code, Rejection
from query_api.directory.entities import EntityKind
from query_api.directory.rows import ColumnValues, DirectoryRow
from query_api.errors import InvalidRequestError

MAX_BYTES = 4 * 1024 * 1024
MAX_ROWS = 5_000


class _Body(Struct, forbid_unknown_fields=True):
    items: list[Raw]


class _Removal(Struct):
    """Decoded first: whether a row removes its entity decides which type it is."""

    remove: bool = False


@dataclass(slots=True)
class RowBatch:
    """Rows of one kind. Rows are numbered by `index`, which each record carries as well."""

    kind: EntityKind
    unit: Literal["row", "line"] = "row"
    """What `index` counts, in messages."""
    stored: list[ColumnValues] = field(default_factory=list)
    removed: list[ColumnValues] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    earlier: dict[int, int] = field(default_factory=dict)
    """Of each duplicate, the row that counts."""
    _first: dict[tuple[object, ...], int] = field(default_factory=dict)

    def add(self, index: int, decode: Callable[[], DirectoryRow]) -> None:
        """Check a row. Only rows that can be decoded count as earlier rows of an entity."""
        try:
            row = decode()
        except msgspec.ValidationError as error:
            name, reason = fault_of(error)
            self._reject(index, name, "invalid", reason)
            return
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self._reject(index, None, "invalid", f"not JSON: {error}")
            return
        earlier = self._first.setdefault(tuple(row.key().values()), index)
        faults = list(row.faults())
        if earlier != index:
            self.earlier[index] = earlier
            reason = f"is the {self.kind.one} of {self.unit} {earlier}, which counts"
            self._reject(index, self.kind.key[0], "duplicate", reason)
        elif faults:
            for name, reason in faults:
                self._reject(index, name, "invalid", reason)
        else:
            (self.removed if row.remove else self.stored).append({"index": index} | row.record())

    def _reject(self, index: int, name: str | None, code: Code, reason: str) -> None:
        self.rejected.append(Rejection(index=index, field=name, code=code, reason=reason))


_decode_body = msgspec.json.Decoder(_Body).decode
_decode_removal = msgspec.json.Decoder(_Removal).decode


def read_batch(kind: EntityKind, body: bytes) -> RowBatch:
    """Check the rows of a JSON body.

    Raises:
        InvalidRequestError: The body holds no rows, or too many.
    """
    batch = RowBatch(kind)
    for index, raw in enumerate(_rows(body)):
        batch.add(index, lambda raw=raw: _decode(kind, raw))  # type: ignore[misc]  # bound now
    return batch


def _rows(body: bytes) -> list[Raw]:
    try:
        found = _decode_body(body).items
    except msgspec.ValidationError as error:
        name, reason = fault_of(error)
        raise InvalidRequestError(name or "body", reason) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequestError("body", f"this is not JSON: {error}") from error
    if len(found) > MAX_ROWS:
        reason = f"{len(found):,} rows; send {MAX_ROWS:,} at most in one call"
        raise InvalidRequestError("items", reason)
    return found


def _decode(kind: EntityKind, raw: Raw) -> DirectoryRow:
    removes = _decode_removal(raw).remove
    return msgspec.json.decode(raw, type=kind.removal if removes else kind.row)
