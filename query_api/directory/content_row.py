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
                description="How long it is, to the millisecond; overrules what players claim.",
                examples=[600],
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
            "duration_ms": None if self.duration_seconds is None else round(self.duration_seconds * 1000),
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
        share = self.completion_threshold
        if share is not None and abs(share - round(share, 3)) > _BINARY_ERROR:
            yield "completionThreshold", "is not in whole thousandths"
        if self.parts and self.type != "course":
            yield "parts", "are those of a course, and this item is none"
        yield from parts_faults(self.parts or (), self.content_id)
