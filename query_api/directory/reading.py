"""A body as a batch of rows: what can be stored, and what is wrong with the others. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
from msgspec import Raw, Struct

from playhead.http.faults import fault_of
from playhead.http.problems import Problem
from query_api.directory.answers import Rejection
from query_api.directory.kinds import Kind
from query_api.directory.rows import Record, Row

MAX_BYTES = 4 * 1024 * 1024
MAX_ROWS = 5_000


class _Body(Struct, forbid_unknown_fields=True):
    items: list[Raw]


class _Wish(Struct):
    """What a row is for, looked up before all else."""

    remove: bool = False


@dataclass(slots=True)
class Batch:
    """The rows of one call, apart. Each record has the `index` of its row."""

    size: int
    stored: list[Record] = field(default_factory=list)
    removed: list[Record] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)


_decode_body = msgspec.json.Decoder(_Body).decode
_decode_wish = msgspec.json.Decoder(_Wish).decode


def read_batch(kind: Kind, body: bytes) -> Batch:
    """Judge each row by itself.

    Raises:
        Problem: 422, there are no rows to judge, or too many.
    """
    raws = _rows(body)
    batch = Batch(len(raws))
    first: dict[tuple[object, ...], int] = {}
    for index, raw in enumerate(raws):
        row, rejected = _read(kind, index, raw)
        if row is None:
            batch.rejected += rejected
            continue
        earlier = first.setdefault(tuple(row.key().values()), index)
        if earlier != index:
            rejected = [_duplicate(kind, index, earlier)]
        if rejected:
            batch.rejected += rejected
        else:
            (batch.removed if row.remove else batch.stored).append({"index": index} | row.record())
    return batch


def _rows(body: bytes) -> list[Raw]:
    try:
        found = _decode_body(body).items
    except msgspec.ValidationError as error:
        name, reason = fault_of(error)
        raise Problem(422, "Invalid request", reason, field=name or "body") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(422, "Invalid request", f"this is not JSON: {error}", field="body") from error
    if len(found) > MAX_ROWS:
        reason = f"{len(found):,} rows; send {MAX_ROWS:,} at most in one call"
        raise Problem(422, "Invalid request", reason, field="items")
    return found


def _read(kind: Kind, index: int, raw: Raw) -> tuple[Row | None, list[Rejection]]:
    """The row, where it can be read at all, and what is wrong with it."""
    try:
        removes = _decode_wish(raw).remove
        row = msgspec.json.decode(raw, type=kind.removal if removes else kind.row)
    except msgspec.ValidationError as error:
        name, reason = fault_of(error)
        return None, [Rejection(index=index, field=name, code="invalid", reason=reason)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return None, [Rejection(index=index, field=None, code="invalid", reason=f"not JSON: {error}")]
    return row, list(_rejections(index, row))


def _rejections(index: int, row: Row) -> Iterator[Rejection]:
    for name, reason in row.faults():
        yield Rejection(index=index, field=name, code="invalid", reason=reason)


def _duplicate(kind: Kind, index: int, earlier: int) -> Rejection:
    reason = f"is the {kind.one} of row {earlier}, which counts"
    return Rejection(index=index, field=kind.key[0], code="duplicate", reason=reason)
