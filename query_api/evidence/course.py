"""Explains a course by its parts. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from query_api.evidence.models import CompletionEvidence, ItemEvidence
from query_api.models import ItemProgress


def explained_by_parts(evidence: ItemEvidence, shown: ItemProgress, *, by_mark: bool) -> ItemEvidence:
    """The evidence of what was sent of the course itself, with what its parts make of it.

    `by_mark`: a mark by hand of the course completed it, before its parts did.
    """
    completed = shown.status == "completed"
    completion = CompletionEvidence(
        completed=completed,
        noted_at=shown.completed_at,
        attained_percent=float(shown.progress_percentage),
        needed_percent=100.0,
        because=("marked" if by_mark else "parts") if completed else None,
    )
    return replace(evidence, completion=completion, summary=shown)
