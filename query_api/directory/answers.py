"""Answers of the directory's routes, except reports."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from playhead.progress.heartbeat import ContentType
from query_api.directory.entities import EntityName
from query_api.directory.rows import Role
from query_api.models import Body, Id

Code = Literal["invalid", "duplicate", "unknown", "erased", "archived"]
LineCode = Literal[
    "kind", "column", "cells", "number", "boolean", "invalid", "duplicate", "unknown", "erased", "archived"
]


class Rejection(Body, frozen=True):
    """One thing wrong with one row, of which nothing was stored."""

    index: Annotated[int, Meta(ge=0, description="Of the row, from 0.")]
    field: Annotated[str | None, Meta(description="The field at fault; null where it is the whole row.")]
    code: Annotated[
        Code,
        Meta(
            description="`invalid`: the row itself; `duplicate`: an earlier one names the same entity; "
            "`unknown`: it refers to what the directory does not hold; `erased`: the person was erased; "
            "`archived`: the item is archived, and cannot be newly required."
        ),
    ]
    reason: str


class DirectoryUpdate(Body, frozen=True):
    """What became of the rows. The counts and the rows that `rejected` names add up to all of them."""

    upserted: Annotated[int, Meta(ge=0, description="Added or changed.")]
    unchanged: Annotated[int, Meta(ge=0, description="As the directory had them already.")]
    removed: Annotated[int, Meta(ge=0)]
    rejected: list[Rejection]
    dry_run: Annotated[bool, Meta(description="True: nothing was changed, and this is what would have been.")]


class KindUpdate(Body, frozen=True):
    """What became of a file's rows of one kind."""

    kind: EntityName
    upserted: Annotated[int, Meta(ge=0, description="New or changed.")]
    unchanged: Annotated[int, Meta(ge=0, description="Equal to what the directory holds.")]
    removed: Annotated[int, Meta(ge=0)]
    rejected: Annotated[int, Meta(ge=0, description="Rows of which nothing was stored.")]


class LineRejection(Body, frozen=True):
    """One thing wrong with one row of a file. Nothing of the row was stored."""

    line: Annotated[int, Meta(ge=1, description="The line that the row begins in; the first line is 1.")]
    kind: Annotated[EntityName | None, Meta(description="Null if the line does not say.")]
    column: Annotated[str | None, Meta(description="Null if the whole row is wrong.")]
    code: Annotated[
        LineCode,
        Meta(
            description="`kind`: the cell names no kind; `column`: rows of this kind have no such column; "
            "`cells`: more cells than columns; `number` and `boolean`: the cell is none; `invalid`, "
            "`duplicate`, `unknown`, `erased` and `archived`: see `Rejection`."
        ),
    ]
    reason: str
    earlier_line: Annotated[
        int | None, Meta(description="Of a duplicate: the line of the row that counts; otherwise null.")
    ]


class DirectoryImport(Body, frozen=True):
    """What became of a file's rows."""

    kinds: Annotated[list[KindUpdate], Meta(description="The kinds that the file has rows of.")]
    rejected: Annotated[list[LineRejection], Meta(description="By line.")]
    dry_run: Annotated[bool, Meta(description="True: nothing was changed, and this is what would have been.")]


class CoursePartShown(Body, frozen=True):
    """A part of a course."""

    content_id: Id
    weight: Annotated[float, Meta(gt=0, description="How much it counts among the required parts.")]
    optional: Annotated[bool, Meta(description="An optional part does not count.")]


class CatalogueItem(Body, frozen=True):
    """What everybody may know of an item."""

    content_id: Id
    title: str
    type: ContentType
    duration_seconds: Annotated[float | None, Meta(description="Null where it is not known.")]
    thumbnail_url: str | None
    media_url: Annotated[str | None, Meta(description="Its file; null where it is played elsewhere.")]
    archived: Annotated[bool, Meta(description="Whether it is shown no longer.")]
    parts: Annotated[
        list[CoursePartShown],
        Meta(description="The parts of a course, in order, without archived ones; empty where it has none."),
    ]


class OwnTeam(Body, frozen=True):
    """A team that a person is in."""

    team_id: Id
    name: str
    role: Role


class Me(Body, frozen=True):
    """Who is signed in: the ids and the roles as their token says, the rest as the directory does."""

    user_id: Id
    tenant_id: Id
    display_name: Annotated[str | None, Meta(description="Null where the directory does not have them.")]
    roles: Annotated[list[str], Meta(description="In alphabetical order.", examples=[["manager"]])]
    teams: Annotated[list[OwnTeam], Meta(description="By name.")]
