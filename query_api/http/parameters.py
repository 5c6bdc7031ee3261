"""Parameters that several routes take."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import AfterValidator, AwareDatetime, BeforeValidator

from playhead.progress import ContentId, ContentType, Status, UserId

MAX_LIMIT = 500
MAX_CURSOR = 4_000
"""It may hold a title of 500 characters of any script."""
_DATE_AND_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}")
_TIME = "an RFC 3339 time with an offset, such as 2026-11-22T10:00:00Z"
_LATEST = datetime(9999, 12, 31, tzinfo=UTC)
_EARLIEST = datetime(1, 1, 2, tzinfo=UTC)


def spelled(pattern: re.Pattern[str], what: str) -> Callable[[object], object]:
    """A validator of texts that begin like `pattern`. Pydantic alone would accept "0" as a day in 1970."""

    def refuse_others(given: object) -> object:
        if isinstance(given, str) and not pattern.match(given):
            raise ValueError(what)
        return given

    return refuse_others


def _within_reach(moment: datetime) -> datetime:
    # Near the ends of the calendar, applying an offset would overflow.
    return min(max(moment, _EARLIEST), _LATEST)


Moment = Annotated[
    AwareDatetime, BeforeValidator(spelled(_DATE_AND_TIME, _TIME)), AfterValidator(_within_reach)
]

ContentPath = Annotated[
    UUID,
    Path(
        alias="contentId",
        description="The item.",
        examples=["5b0d7f6e-3c1a-4f0e-8a53-6f6d1b9d2c11"],
    ),
]
ContentFilter = Annotated[UUID | None, Query(alias="contentId", description="Of this item only.")]
TypeFilter = Annotated[ContentType | None, Query(alias="type", description="Of this type only.")]
ArchivedFilter = Annotated[bool | None, Query(description="Only those that are archived, or that are not.")]
StatusFilter = Annotated[Status | None, Query(alias="status", description="Of this status only.")]
UserPath = Annotated[
    UUID, Path(alias="userId", description="Whose.", examples=["0b7c2a52-6f0e-4f6e-9a53-5f3f6f1f9d10"])
]
UserQuery = Annotated[
    UUID | None,
    Query(alias="userId", description="Whose; your own by default. Always a user of your own tenant."),
]
SearchQuery = Annotated[
    str | None,
    Query(
        alias="q",
        max_length=200,
        pattern=r"^[^\x00]*$",
        description="Part of the name, title or address; case and accents do not matter.",
    ),
]
CursorQuery = Annotated[
    str | None,
    Query(max_length=MAX_CURSOR, description="`nextCursor` of the page before; absent at the beginning."),
]
LimitQuery = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="At most so many on a page.")]
Since = Annotated[Moment | None, Query(alias="from", description="Begun at this time or later.")]
Until = Annotated[Moment | None, Query(alias="to", description="Begun before this time.")]


def split_at_commas(given: object) -> object:
    """`ids=a,b` as `ids=a&ids=b`."""
    if not isinstance(given, list):
        return given
    return [part for each in given for part in (each.split(",") if isinstance(each, str) else [each])]


RequiredFilter = Annotated[
    bool | None, Query(alias="required", description="Only what is required now, or is not.")
]
OverdueFilter = Annotated[bool | None, Query(description="Only those that are overdue, or that are not.")]
ItemsFilter = Annotated[
    list[UUID] | None,
    BeforeValidator(split_at_commas),
    Query(alias="contentId", max_length=MAX_LIMIT, description="Of these items only; commas may part them."),
]


def content_id(given: UUID) -> ContentId:
    """The canonical spelling, as in the stores."""
    return ContentId(str(given))


def user_id(given: UUID | None) -> UserId | None:
    """The canonical spelling; None for none."""
    return None if given is None else UserId(str(given))
