"""Figures: repeated measurements of one thing, as a median with its spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median


def figure(values: Sequence[float], digits: int = 0) -> dict[str, float]:
    """The median, and the least and the most of the repeats."""
    figures = {"median": median(values), "least": min(values), "most": max(values)}
    return {name: round(value, digits) if digits else round(value) for name, value in figures.items()}


def medians(repeats: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The medians of several figures that were measured together."""
    return {name: round(median(each[name] for each in repeats), 1) for name in repeats[0]}


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, float]:
    """Round by round, as the two of a round met the same weather."""
    return figure([mine / other for mine, other in zip(ours, theirs, strict=True)], digits=1)
