"""Explains a course by its parts. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from query_api.evidence.models import CompletionEvidence, CompletionReason, ItemEvidence
from query_api.models import ItemProgress


def explained_by_parts(
    evidence: ItemEvidence, shown: ItemProgress, because: CompletionReason
) -> ItemEvidence:
    """The evidence of what was sent of the course itself, with what its parts make of it.

    `because`: what completed it, if it is completed: its parts, or before them a mark by hand or an import.
    """
    completed = shown.status == "completed"
    completion = CompletionEvidence(
        completed=completed,
        noted_at=shown.completed_at,
        attained_percent=float(shown.progress_percentage),
        needed_percent=100.0,
        because=because if completed else None,
    )
    return replace(evidence, completion=completion, summary=shown)
