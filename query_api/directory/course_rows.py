"""Rows of the parts of courses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from query_api.directory.rows import ColumnValues, DirectoryRow
from query_api.directory.texts import FieldFault

MAX_PARTS = 500
_BINARY_ERROR = 1e-9
"""Decimal fractions differ from their binary ones by less."""
Weight = Annotated[
    float,
    Meta(
        ge=0.001,
        le=1000,
        description="How much it counts among the required parts, in whole thousandths; 1 where absent.",
        examples=[1],
    ),
]
IsOptional = Annotated[bool, Meta(description="An optional part does not count.")]


class ListedPart(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A part in the row of its course."""

    content_id: UUID
    weight: Weight | None = None
    optional: IsOptional | None = None

    def record(self) -> ColumnValues:
        """All columns but the course and the position."""
        return {"content_id": str(self.content_id)} | _counting(self.weight, optional=self.optional)


class CoursePartRowKey(DirectoryRow, frozen=True, kw_only=True):
    """Names a part of a course."""

    KEY = ("course_id", "content_id")
    course_id: UUID
    content_id: UUID


class CoursePartRow(CoursePartRowKey, frozen=True, kw_only=True):
    """An item as a part of a course."""

    position: Annotated[int, Meta(ge=1, le=1_000_000, description="Parts are ordered by it.", examples=[1])]
    weight: Weight | None = None
    optional: IsOptional | None = None

    def record(self) -> ColumnValues:
        """All columns."""
        return self.key() | {"position": self.position} | _counting(self.weight, optional=self.optional)

    def faults(self) -> Iterator[FieldFault]:
        """Fields with invalid values, and why."""
        yield from weight_faults("weight", self.weight)
        if self.course_id == self.content_id:
            yield "contentId", "is the course itself"


def parts_faults(parts: Sequence[ListedPart], course: UUID) -> Iterator[FieldFault]:
    """What is wrong with the parts in the row of a course."""
    first: dict[UUID, int] = {}
    for place, part in enumerate(parts):
        if first.setdefault(part.content_id, place) != place:
            yield f"parts[{place}].contentId", f"is the item of parts[{first[part.content_id]}]"
        if part.content_id == course:
            yield f"parts[{place}].contentId", "is the course itself"
        yield from weight_faults(f"parts[{place}].weight", part.weight)
    if parts and all(part.optional for part in parts):
        yield "parts", "need one that is not optional"


def weight_faults(name: str, weight: float | None) -> Iterator[FieldFault]:
    """Whether it is in whole thousandths."""
    if weight is not None and abs(weight - round(weight, 3)) > _BINARY_ERROR:
        yield name, "is not in whole thousandths"


def _counting(weight: float | None, *, optional: bool | None) -> ColumnValues:
    return {"weight": 1 if weight is None else round(weight, 3), "optional": bool(optional)}
