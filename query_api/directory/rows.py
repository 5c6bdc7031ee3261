"""Rows as administrators send them: people, teams, memberships and assignments.

A row replaces its entity: fields that it leaves out are cleared. msgspec checks bounds, which are documented,
while it decodes; `faults` checks what a type cannot express. Unknown fields are refused, since a misspelt one
would clear the field that it was meant to set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from query_api.directory.texts import FieldFault, email_faults, stripped, text_faults

MAX_MEMBERS = 10_000
"""In the row of a team; further members are sent as rows of their own."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_Instant = Annotated[datetime, Meta(tz=True)]
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

    KEY: ClassVar[tuple[str, ...]] = ()
    """The columns that identify its entity."""

    def key(self) -> ColumnValues:
        """The columns of the key."""
        values = {name: getattr(self, name) for name in self.KEY}
        return {name: None if value is None else str(value) for name, value in values.items()}

    def record(self) -> ColumnValues:
        """All columns; those of the key where it is a removal."""
        return self.key()

    def faults(self) -> Iterator[FieldFault]:
        """Fields with invalid values, and why."""
        yield from ()


class PersonRowKey(DirectoryRow, frozen=True, kw_only=True):
    """Names a person."""

    KEY = ("user_id",)
    user_id: Annotated[UUID, Meta(description="As in the `sub` of their tokens.")]


class PersonRow(PersonRowKey, frozen=True, kw_only=True):
    """A person. Removing them takes them out of teams, and takes back what was required of them by name."""

    display_name: Annotated[str, Meta(min_length=1, max_length=200, examples=["Ada Lovelace"])]
    email: Annotated[str, Meta(max_length=320, examples=["ada@example.org"])] | None = None

    def record(self) -> ColumnValues:
        """All columns."""
        return self.key() | {
            "display_name": self.display_name.strip(),
            "email": stripped(self.email),
        }

    def faults(self) -> Iterator[FieldFault]:
        """Fields with invalid values, and why."""
        yield from text_faults({"displayName": self.display_name, "email": self.email})
        yield from email_faults("email", self.email)


class Member(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Somebody of a team."""

    user_id: UUID
    role: Role


class TeamRowKey(DirectoryRow, frozen=True, kw_only=True):
    """Names a team."""

    KEY = ("team_id",)
    team_id: UUID


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
        return self.key() | {"name": self.name.strip(), "members": self._members()}

    def faults(self) -> Iterator[FieldFault]:
        """Fields with invalid values, and why."""
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

    KEY = ("team_id", "user_id")
    team_id: UUID
    user_id: UUID


class MemberRow(MemberRowKey, frozen=True, kw_only=True):
    """A person in a team."""

    role: Role

    def record(self) -> ColumnValues:
        """All columns."""
        return self.key() | {"role": self.role}


class AssignmentRowKey(DirectoryRow, frozen=True, kw_only=True):
    """Names what is required of whom."""

    KEY = ("content_id", "target", "target_id")
    content_id: UUID
    target: Target
    target_id: Annotated[UUID, Meta(description="The person or the team; absent for everyone.")] | None = None

    def faults(self) -> Iterator[FieldFault]:
        """A `targetId` that is missing, or that `everyone` excludes."""
        if self.target == "everyone" and self.target_id is not None:
            yield "targetId", "is left out where the target is everyone"
        if self.target != "everyone" and self.target_id is None:
            yield "targetId", f"is required: the id of the {self.target}"


class AssignmentRow(AssignmentRowKey, frozen=True, kw_only=True):
    """An item that is required of a person, a team or everyone."""

    due_at: (
        Annotated[
            str,
            Meta(
                max_length=64,
                description="RFC 3339, with an offset; or a date, which is the end of that day in the "
                "organisation's time zone.",
                examples=["2026-12-31T23:59:59Z"],
            ),
        ]
        | None
    ) = None
    due_after_days: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=36_500,
                description="Due so many days after it was first required of the person, or after a later "
                "attempt began, instead of a date.",
                examples=[30],
            ),
        ]
        | None
    ) = None

    valid_for_days: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=36_500,
                description="A completion is valid for so many days; then a new attempt begins. "
                "Absent: for ever.",
                examples=[365],
            ),
        ]
        | None
    ) = None

    def record(self) -> ColumnValues:
        """All columns."""
        due = None if self.due_at is None else due_of(self.due_at)
        is_time = isinstance(due, datetime)
        return self.key() | {
            # In UTC, since Postgres reads no offset of 16 hours or more.
            "due_at": due.astimezone(UTC).isoformat() if isinstance(due, datetime) else None,
            "due_on": None if due is None or is_time else due.isoformat(),
            "due_after_days": self.due_after_days,
            "valid_for_days": self.valid_for_days,
        }

    def faults(self) -> Iterator[FieldFault]:
        """Fields with invalid values, and why."""
        yield from super().faults()
        if self.due_at is not None:
            try:
                due = due_of(self.due_at)
            except ValueError as error:
                yield "dueAt", str(error)
            else:
                if due.year not in _YEARS:
                    yield "dueAt", "lies outside the years 1970 to 9998"
        if self.due_at is not None and self.due_after_days is not None:
            yield "dueAfterDays", "is left out where there is a date, `dueAt`"


def due_of(text: str) -> date:
    """The time of a due date, with an offset; or the date, where it has no time.

    Raises:
        ValueError: it is neither.
    """
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
        return msgspec.convert(text, _Instant)
    except ValueError as error:  # as msgspec's is
        raise ValueError("is no RFC 3339 time with an offset, and no date such as 2026-12-31") from error
