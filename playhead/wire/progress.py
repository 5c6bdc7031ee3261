"""The encoding of progress in Redis, in states and in PostgreSQL: JSON, version 2; version 1 is read as well.

Version 2 has the number 2 where version 1 has an object, `sessions`. A release that knows version 1 only
therefore refuses it, instead of dropping what it does not know when it writes the progress back.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Raw, Struct

from playhead.progress.acts import ItemAct
from playhead.progress.identifiers import NEVER, Instant
from playhead.progress.older import OlderPart, OlderSums
from playhead.progress.progress import CompactedSessions, Completion, Progress
from playhead.progress.session import Session
from playhead.wire.codec import Decoder, encode

PRESENT_VERSION = '{"sessions":2'
"""What the encoding of the present version begins with."""
_VERSION_2 = PRESENT_VERSION.encode()
_WITH_OLDER = _VERSION_2 + b',"older":'


def encode_progress(progress: Progress) -> bytes:
    """The progress in version 2."""
    encoded = encode(progress)
    return _VERSION_2 + (b"}" if encoded == b"{}" else b"," + encoded[1:])


def decode_progress(raw: bytes | Raw) -> Progress:
    """Decode the progress of a Redis field, a state, or the `state` column of a row.

    Raises:
        MalformedRecordError: it is neither version; the message names the field.
    """
    start = raw if isinstance(raw, bytes) else bytes(memoryview(raw)[: len(_VERSION_2)])
    if start.startswith(_VERSION_2):
        return _decode_2(raw)
    return _decode_1(raw).upgraded()


def has_older(encoded: bytes) -> bool:
    """Whether the encoded progress is a record of which older sessions are kept apart."""
    return encoded.startswith(_WITH_OLDER)


class SealedOlder(
    Struct, frozen=True, gc=False, rename={"sessions": "byId", "compacted": "folded"}, omit_defaults=True
):
    """The older sessions of an item, each as it is encoded: most of them are only passed on."""

    sessions: dict[str, Raw] = {}
    compacted: CompactedSessions = CompactedSessions()
    sums: OlderSums | None = None

    def plus(self, moved: Mapping[str, Session], sums: OlderSums) -> SealedOlder:
        """With these sessions, and the sums that they make."""
        more = {key: Raw(encode(session)) for key, session in moved.items()}
        return SealedOlder(self.sessions | more, self.compacted, sums)


def encode_older(older: SealedOlder) -> bytes:
    """The older sessions in version 2, as `encode_progress` encodes them."""
    return _VERSION_2 + b"," + encode(older)[1:]


def decode_older(raw: bytes) -> SealedOlder:
    """Decode the older sessions, but not each of them.

    Raises:
        MalformedRecordError: they are malformed; the message names the field.
    """
    return _decode_older(raw)


def decode_older_part(raw: bytes) -> OlderPart:
    """Decode the older sessions with their sums; `decode_progress` leaves the sums out.

    Raises:
        MalformedRecordError: they are malformed; the message names the field.
    """
    return _decode_older_part(raw)


class _CompletionVersion1(Struct, frozen=True, gc=False, array_like=True):
    at: Instant
    reopened_at: Instant


_NAMES_1 = {
    "duration_ms": "durationMs",
    "page_count": "pageCount",
    "marked_at": "markedAt",
    "reopened_at": "reopenedAt",
}


class ProgressVersion1(Struct, frozen=True, kw_only=True, rename=_NAMES_1, omit_defaults=True):
    """Progress as releases before quarters of an hour and attempts wrote it."""

    sessions: dict[str, Session] = {}
    folded: CompactedSessions = CompactedSessions()
    kind: str = "video"
    duration_ms: int = 0
    page_count: int = 0
    marked_at: Instant = NEVER
    reopened_at: Instant = NEVER
    completion: _CompletionVersion1 | None = None

    def upgraded(self) -> Progress:
        """The same facts in version 2: a reopening began an attempt, and withdrew the mark before it."""
        acts: list[ItemAct] = [ItemAct(self.reopened_at, "attempt")] if self.reopened_at else []
        if self.marked_at and self.marked_at >= self.reopened_at:
            acts.append(ItemAct(self.marked_at, "complete"))
        known = self.completion
        is_manual = known is not None and self.marked_at == known.at
        completions = () if known is None or is_manual else (Completion(known.at, known.reopened_at),)
        return Progress(
            sessions=self.sessions,
            compacted=self.folded,
            kind=self.kind,  # type: ignore[arg-type]  # the literal was checked by the release that wrote it
            duration_ms=self.duration_ms,
            page_count=self.page_count,
            acts=tuple(acts),
            completions=completions,
        )


_decode_2 = Decoder(Progress)
_decode_older = Decoder(SealedOlder)
_decode_older_part = Decoder(OlderPart)
_decode_1 = Decoder(ProgressVersion1)
