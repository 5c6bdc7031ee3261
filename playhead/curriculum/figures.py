"""A person's figures over their curriculum. Pure.

The same as the columns of `user_summary`, for progress that was read from Redis.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from playhead.progress import ContentId, Summary


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """Some items of a person, counted."""

    items: int
    completed: int
    in_progress: int


@dataclass(frozen=True, slots=True)
class CurriculumFigures:
    """What is required of a person, or else what they opened; and what they opened besides."""

    counts: ItemCounts
    progress: float | None
    """The mean percentage over the curriculum; None without one."""
    optional: ItemCounts
    """Opened without being required, archived items apart."""


def curriculum_figures(
    summaries: Mapping[ContentId, Summary],
    required: AbstractSet[ContentId],
    archived: AbstractSet[ContentId],
) -> CurriculumFigures:
    """Count a person's curriculum.

    Args:
        summaries: Every item that the person has progress of.
        required: What is required of them now; none of it is archived.
        archived: Archived items; others than those of `summaries` may be among them.
    """
    optional = [
        summary
        for content, summary in summaries.items()
        if summary.status != "not_started" and content not in required and content not in archived
    ]
    wanted = [summaries[content] for content in required & summaries.keys()] if required else optional
    items = len(required) or len(optional)
    return CurriculumFigures(
        _counted(wanted, items),
        sum(summary.percentage for summary in wanted) / items if items else None,
        _counted(optional, len(optional)),
    )


def _counted(summaries: list[Summary], items: int) -> ItemCounts:
    return ItemCounts(
        items,
        sum(summary.status == "completed" for summary in summaries),
        sum(summary.status == "in_progress" for summary in summaries),
    )
