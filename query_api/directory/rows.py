"""Rows as administrators send them. A row is the whole truth of its entity: what it leaves out is cleared.

Bounds are checked in C as a row is decoded, and documented; `faults` tells what a type cannot. Unknown fields
are refused, since a misspelt one would clear what it meant to set.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from playhead.progress.heartbeat import ContentType
from playhead.progress.intervals import LIMIT
from playhead.progress.policy import AcceptedEvidence
from query_api.directory.texts import (
    FieldFault,
    email_faults,
    text_faults,
    trimmed,
    trimmed_or_none,
    url_faults,
)

MAX_MEMBERS = 10_000
"""Told in the row of a team; beyond it, members are sent as rows of their own."""
_YEARS = range(1970, 9999)
"""Within these, no offset from UTC leads out of the calendar."""

ColumnValues = dict[str, Any]
"""A row under the names of its columns, as JSON that Postgres reads."""
Role = Literal["member", "manager"]
Target = Literal["person", "team", "everyone"]
Remove = Annotated[
    bool, Meta(description="True takes the entity away: then only the fields that name it are needed.")
]


class DirectoryRow(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What all rows share."""

    remove: Remove = False

    def key(self) -> ColumnValues:
        """The columns that tell it from others."""
        raise NotImplementedError

    def record(self) -> ColumnValues:
        """All columns; those of the key where it is a removal."""
        return self.key()

    def faults(self) -> Iterator[FieldFault]:
        """What is wrong with it, beyond its types."""
        yield from ()


class ContentRowKey(DirectoryRow, frozen=True, kw_only=True):
    """Names an item."""

    content_id: UUID

    def key(self) -> ColumnValues:
        """Its columns."""
        return {"content_id": str(self.content_id)}


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
    archived: Annotated[bool, Meta(description="Shown no longer, required no longer.")] | None = None

    def record(self) -> ColumnValues:
        """All columns."""
        return self.key() | {
            "title": trimmed(self.title),
            "type": self.type,
            "duration_ms": None if self.duration_seconds is None else round(self.duration_seconds * 1000),
            "thumbnail_url": trimmed_or_none(self.thumbnail_url),
            "media_url": trimmed_or_none(self.media_url),
            "threshold": None if self.completion_threshold is None else round(self.completion_threshold, 3),
            "evidence": self.evidence,
            "archived": bool(self.archived),
        }

    def faults(self) -> Iterator[FieldFault]:
        """Of its texts and numbers."""
        addresses = {"thumbnailUrl": self.thumbnail_url, "mediaUrl": self.media_url}
        yield from text_faults({"title": self.title} | addresses)
        yield from url_faults(addresses)
        share = self.completion_threshold
        if share is not None and abs(share - round(share, 3)) > 1e-9:  # noqa: PLR2004 - binary fractions differ by less
            yield "completionThreshold", "is not in whole thousandths"


class PersonRowKey(DirectoryRow, frozen=True, kw_only=True):
    """Names a person."""

    user_id: Annotated[UUID, Meta(description="As in the `sub` of their tokens.")]

    def key(self) -> ColumnValues:
        """Its columns."""
        return {"user_id": str(self.user_id)}


class PersonRow(PersonRowKey, frozen=True, kw_only=True):
    """A person. Removing them takes them out of teams, and takes back what was required of them by name."""

    display_name: Annotated[str, Meta(min_length=1, max_length=200, examples=["Ada Lovelace"])]
    email: Annotated[str, Meta(max_length=320, examples=["ada@example.org"])] | None = None

    def record(self) -> ColumnValues:
        """All columns."""
        return self.key() | {
            "display_name": trimmed(self.display_name),
            "email": trimmed_or_none(self.email),
        }

    def faults(self) -> Iterator[FieldFault]:
        """Of its texts and numbers."""
        yield from text_faults({"displayName": self.display_name, "email": self.email})
        yield from email_faults("email", self.email)


class Member(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Somebody of a team."""

    user_id: UUID
    role: Role


class TeamRowKey(DirectoryRow, frozen=True, kw_only=True):
    """Names a team."""

    team_id: UUID

    def key(self) -> ColumnValues:
        """Its columns."""
        return {"team_id": str(self.team_id)}


class TeamRow(TeamRowKey, frozen=True, kw_only=True):
    """A team. Removing it takes its memberships along, and what was required of it."""

    name: Annotated[str, Meta(min_length=1, max_length=200, examples=["Field service"])]
    members: (
        Annotated[
            list[Member],
            Meta(
                max_length=MAX_MEMBERS,
                description="All of its members: who is not among them leaves. Absent: as they are.",
            ),
        ]
        | None
    ) = None

    def record(self) -> ColumnValues:
        """All columns."""
        return self.key() | {"name": trimmed(self.name), "members": self._members()}

    def faults(self) -> Iterator[FieldFault]:
        """Of its texts and numbers."""
        yield from text_faults({"name": self.name})
        first: dict[UUID, int] = {}
        for place, member in enumerate(self.members or ()):
            if first.setdefault(member.user_id, place) != place:
                yield f"members[{place}].userId", f"is the person of members[{first[member.user_id]}]"

    def _members(self) -> list[ColumnValues] | None:
        if self.members is None:
            return None
        return [{"user_id": str(each.user_id), "role": each.role} for each in self.members]


class MemberRowKey(DirectoryRow, frozen=True, kw_only=True):
    """Names a membership."""

    team_id: UUID
    user_id: UUID

    def key(self) -> ColumnValues:
        """Its columns."""
        return {"team_id": str(self.team_id), "user_id": str(self.user_id)}


class MemberRow(MemberRowKey, frozen=True, kw_only=True):
    """A person in a team."""

    role: Role

    def record(self) -> ColumnValues:
        """All columns."""
        return self.key() | {"role": self.role}


class AssignmentRowKey(DirectoryRow, frozen=True, kw_only=True):
    """Names what is required of whom."""

    content_id: UUID
    target: Target
    target_id: Annotated[UUID, Meta(description="The person or the team; absent for everyone.")] | None = None

    def key(self) -> ColumnValues:
        """Its columns."""
        return {
            "content_id": str(self.content_id),
            "target": self.target,
            "target_id": None if self.target_id is None else str(self.target_id),
        }

    def faults(self) -> Iterator[FieldFault]:
        """Whether the target is named as its kind asks."""
        if self.target == "everyone" and self.target_id is not None:
            yield "targetId", "is left out where the target is everyone"
        if self.target != "everyone" and self.target_id is None:
            yield "targetId", f"is required: the id of the {self.target}"


class AssignmentRow(AssignmentRowKey, frozen=True, kw_only=True):
    """An item that is required of a person, a team or everyone."""

    due_at: (
        Annotated[
            datetime,
            Meta(tz=True, description="RFC 3339, with an offset.", examples=["2026-12-31T23:59:59Z"]),
        ]
        | None
    ) = None

    def record(self) -> ColumnValues:
        """All columns."""
        # In UTC, since Postgres reads no offset of 16 hours or more.
        due_at = None if self.due_at is None else self.due_at.astimezone(UTC).isoformat()
        return self.key() | {"due_at": due_at}

    def faults(self) -> Iterator[FieldFault]:
        """Of its texts and numbers."""
        yield from super().faults()
        if self.due_at is not None and self.due_at.year not in _YEARS:
            yield "dueAt", "lies outside the years 1970 to 9998"
