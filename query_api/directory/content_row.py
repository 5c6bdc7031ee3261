"""Rows of items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from playhead.progress.heartbeat import ContentType
from playhead.progress.intervals import LIMIT
from playhead.progress.policy import AcceptedEvidence
from query_api.directory.course_rows import MAX_PARTS, ListedPart, parts_faults
from query_api.directory.rows import ColumnValues, DirectoryRow
from query_api.directory.texts import FieldFault, stripped, text_faults, url_faults

_BINARY_ERROR = 1e-9
"""Decimal fractions differ from their binary ones by less."""


class ContentRowKey(DirectoryRow, frozen=True, kw_only=True):
    """Names an item."""

    KEY = ("content_id",)
    content_id: UUID


class ContentRow(ContentRowKey, frozen=True, kw_only=True):
    """An item. Removing it archives it, and takes back what it was required of: progress refers to it."""

    title: Annotated[str, Meta(min_length=1, max_length=500, examples=["Fire safety at work"])]
    type: ContentType
    duration_seconds: (
        Annotated[
            float,
            Meta(
                ge=0.001,
                le=LIMIT / 1000,
                description="How long it is, to the millisecond; overrules what players claim. A part of a "
                "file lasts `endSeconds` minus `startSeconds`, and may leave it out.",
                examples=[600],
            ),
        ]
        | None
    ) = None
    page_count: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=LIMIT - 1,
                description="The pages of a document; overrules what readers claim. Absent: those of the "
                "latest edition that was read.",
                examples=[24],
            ),
        ]
        | None
    ) = None
    start_seconds: (
        Annotated[
            float,
            Meta(
                ge=0,
                le=LIMIT / 1000,
                description="Where the item begins in its file, if it is a part of one; absent: at 0. "
                "Players report positions in the file.",
                examples=[600],
            ),
        ]
        | None
    ) = None
    end_seconds: (
        Annotated[
            float,
            Meta(
                ge=0.001,
                le=LIMIT / 1000,
                description="Where the item ends in its file; reaching it is reaching the end.",
                examples=[1200],
            ),
        ]
        | None
    ) = None
    thumbnail_url: (
        Annotated[
            str,
            Meta(
                max_length=2048,
                description="`http` or `https`, or a path on this host: `/…`.",
                examples=["https://example.org/1.jpg"],
            ),
        ]
        | None
    ) = None
    media_url: (
        Annotated[
            str,
            Meta(
                max_length=2048,
                description="Where its file is, for Playhead's own pages: `http` or `https`, or a path on "
                "this host, `/…`; absent: it is played elsewhere.",
                examples=["https://example.org/1.mp4"],
            ),
        ]
        | None
    ) = None
    completion_threshold: (
        Annotated[
            float,
            Meta(
                ge=0.001,
                le=1,
                description="The share that completes it, in whole thousandths; absent: as everywhere.",
                examples=[0.9],
            ),
        ]
        | None
    ) = None
    evidence: (
        Annotated[
            AcceptedEvidence,
            Meta(description="`watched` counts only what was played; absent: as everywhere."),
        ]
        | None
    ) = None
    count_hidden: (
        Annotated[bool, Meta(description="Whether time in a hidden tab counts; absent: as everywhere.")]
        | None
    ) = None
    archived: Annotated[bool, Meta(description="Shown no longer, required no longer.")] | None = None
    parts: (
        Annotated[
            list[ListedPart],
            Meta(
                max_length=MAX_PARTS,
                description="All parts of a course, in order; at least one is not optional, and none is a "
                "course. Absent: as they are. Empty: none, and its progress is what its client claims.",
            ),
        ]
        | None
    ) = None

    def record(self) -> ColumnValues:
        """All columns."""
        return self.key() | {
            "title": self.title.strip(),
            "type": self.type,
            "duration_ms": self._duration_ms(),
            "page_count": self.page_count,
            "start_ms": _millis(self.start_seconds),
            "end_ms": _millis(self.end_seconds),
            "thumbnail_url": stripped(self.thumbnail_url),
            "media_url": stripped(self.media_url),
            "threshold": None if self.completion_threshold is None else round(self.completion_threshold, 3),
            "evidence": self.evidence,
            "count_hidden": self.count_hidden,
            "archived": bool(self.archived),
            "parts": None if self.parts is None else [each.record() for each in self.parts],
        }

    def faults(self) -> Iterator[FieldFault]:
        """Fields with invalid values, and why."""
        addresses = {"thumbnailUrl": self.thumbnail_url, "mediaUrl": self.media_url}
        yield from text_faults({"title": self.title} | addresses)
        yield from url_faults(addresses)
        yield from self._part_faults()
        share = self.completion_threshold
        if share is not None and abs(share - round(share, 3)) > _BINARY_ERROR:
            yield "completionThreshold", "is not in whole thousandths"
        if self.parts and self.type != "course":
            yield "parts", "are those of a course, and this item is none"
        yield from parts_faults(self.parts or (), self.content_id)

    def _part_faults(self) -> Iterator[FieldFault]:
        if self.page_count is not None and self.type != "document":
            yield "pageCount", "is that of a document, and this item is none"
        if self.type != "video":
            for name, value in (("startSeconds", self.start_seconds), ("endSeconds", self.end_seconds)):
                if value is not None:
                    yield name, "is that of a video, and this item is none"
        start, end, own = _millis(self.start_seconds), _millis(self.end_seconds), self.duration_seconds
        if end is not None and end <= (start or 0):
            yield "endSeconds", "is not after startSeconds"
        elif end is not None and own is not None and _millis(own) != end - (start or 0):
            yield "durationSeconds", "is not endSeconds minus startSeconds; leave it out"

    def _duration_ms(self) -> int | None:
        end = _millis(self.end_seconds)
        if self.duration_seconds is None and end is not None:
            return end - (_millis(self.start_seconds) or 0)
        return _millis(self.duration_seconds)


def _millis(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)
