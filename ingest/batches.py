"""Translates the heartbeats of a batch: each is decoded by itself, all are corrected by one clock."""

from __future__ import annotations

from typing import NamedTuple
from uuid import uuid4

from msgspec import Struct

from ingest.bodies import (
    Adjusted,
    BatchBody,
    BodyDecoder,
    BodyError,
    ClockOffset,
    HeartbeatBody,
    InvalidBodyError,
    MalformedBodyError,
    Rejected,
    SentAt,
    decode_batch_body,
    decode_heartbeat_body,
)
from ingest.clocks import Correction
from ingest.translate import UntranslatableError, adjustments, correction_of, translate
from playhead.identity import Principal
from playhead.progress.identifiers import Instant
from playhead.wire.heartbeats import HeartbeatRecord


class ValidBatchBody(Struct, frozen=True, gc=False, rename="camel"):
    """A `BatchBody` where no heartbeat is invalid."""

    heartbeats: list[HeartbeatBody]
    clock_offset_seconds: ClockOffset | None = None
    sent_at: SentAt | None = None


_decode_valid = BodyDecoder(ValidBatchBody)


def decode_batch(raw: bytes) -> ValidBatchBody | BatchBody:
    """Decode a batch in one step, or leave its heartbeats undecoded where one of them is invalid.

    Raises:
        BodyError: the batch itself is invalid.
    """
    try:
        return _decode_valid(raw)
    except BodyError:
        return decode_batch_body(raw)


class TranslatedBatch(NamedTuple):
    """The valid heartbeats of a batch by index, the others with the reason, and how all were corrected.

    Records that are not accepted after all are taken out of `records`.
    """

    records: dict[int, HeartbeatRecord]
    rejected: list[Rejected]
    bodies: dict[int, HeartbeatBody]
    corrected: Correction

    def adjusted(self) -> list[Adjusted]:
        """What moved of the records that are left."""
        return [
            each
            for index, record in self.records.items()
            for each in adjustments(self.bodies[index], record, self.corrected, index)
        ]


def translate_batch(
    batch: BatchBody | ValidBatchBody, principal: Principal, received_at: Instant
) -> TranslatedBatch:
    """The records of a batch. An invalid heartbeat has no say in how the clock is corrected."""
    bodies, rejected = _bodies_of(batch)
    while True:
        newest = max(
            [each.occurred_at for each in bodies.values() if each.occurred_at is not None], default=None
        )
        corrected = correction_of(batch, newest, received_at)
        records: dict[int, HeartbeatRecord] = {}
        refused: list[Rejected] = []
        for index, body in bodies.items():
            try:
                records[index] = translate(body, principal, received_at, uuid4, corrected)
            except UntranslatableError as error:
                refused.append(Rejected(index, error.reason, error.field))
        rejected += refused
        if not refused:
            return TranslatedBatch(records, rejected, bodies, corrected)
        for each in refused:
            del bodies[each.index]


def _bodies_of(batch: BatchBody | ValidBatchBody) -> tuple[dict[int, HeartbeatBody], list[Rejected]]:
    if isinstance(batch, ValidBatchBody):
        return dict(enumerate(batch.heartbeats)), []
    bodies: dict[int, HeartbeatBody] = {}
    rejected: list[Rejected] = []
    for index, raw in enumerate(batch.heartbeats):
        try:
            bodies[index] = decode_heartbeat_body(raw)
        except InvalidBodyError as error:
            rejected.append(Rejected(index, error.reason, error.field))
        except MalformedBodyError as error:
            rejected.append(Rejected(index, str(error)))
    return bodies, rejected
