"""Shares that are made here rather than in Postgres. Pure."""

from __future__ import annotations


def percent(part: int, whole: int) -> float | None:
    """In per cent, to two decimals; None of nothing."""
    return round(100 * part / whole, 2) if whole else None
