"""The kinds of entities that the directory holds, in the order in which they refer to one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec import defstruct
from msgspec.structs import fields

from query_api.directory import content_row, course_rows, rows
from query_api.directory.rows import DirectoryRow

EntityName = Literal["content", "parts", "people", "teams", "members", "assignments"]


@dataclass(frozen=True, slots=True)
class EntityKind:
    """One kind: the types of its rows, and its key."""

    name: EntityName
    one: str
    """The noun for one of them, in messages."""
    row: type[DirectoryRow]
    named_by: type[DirectoryRow]
    """A row with the fields of the key only."""
    removal: type[DirectoryRow] = field(init=False)
    """A row that removes an entity. Its other fields are ignored, but unknown fields are refused."""

    @property
    def key(self) -> list[str]:
        """The fields of the key, as they are sent."""
        return [each.encode_name for each in fields(self.named_by) if each.name != "remove"]

    def __post_init__(self) -> None:
        object.__setattr__(self, "removal", _removal(self.row, self.named_by))


def _removal(row: type[DirectoryRow], named_by: type[DirectoryRow]) -> type[DirectoryRow]:
    needed = {each.name for each in fields(named_by)}
    rest = [(each.name, Any, None) for each in fields(row) if each.name not in needed]
    made: type[DirectoryRow] = defstruct(  # type: ignore[assignment]  # it is a subclass of its base
        row.__name__.replace("Row", "Removal"),
        rest,
        bases=(named_by,),
        frozen=True,
        kw_only=True,
        rename="camel",
        forbid_unknown_fields=True,
        namespace={"__doc__": f"{named_by.__doc__} `remove` is true; other fields are not looked at."},
    )
    return made


CONTENT = EntityKind("content", "item", content_row.ContentRow, content_row.ContentRowKey)
PARTS = EntityKind("parts", "part", course_rows.CoursePartRow, course_rows.CoursePartRowKey)
PEOPLE = EntityKind("people", "person", rows.PersonRow, rows.PersonRowKey)
TEAMS = EntityKind("teams", "team", rows.TeamRow, rows.TeamRowKey)
MEMBERS = EntityKind("members", "membership", rows.MemberRow, rows.MemberRowKey)
ASSIGNMENTS = EntityKind("assignments", "assignment", rows.AssignmentRow, rows.AssignmentRowKey)

ENTITY_KINDS: Mapping[EntityName, EntityKind] = {
    kind.name: kind for kind in (CONTENT, PARTS, PEOPLE, TEAMS, MEMBERS, ASSIGNMENTS)
}
