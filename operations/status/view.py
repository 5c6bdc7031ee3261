"""Print the status of the partitions, as a table or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from rich.table import Table

from operations.status.partition_status import PartitionStatus


def table(of: Sequence[PartitionStatus]) -> Table:
    """One row for each partition, and the sums."""
    shown = Table(title="accepted = applied + duplicates + dead-lettered", title_style="dim")
    for heading in (
        "partition",
        "accepted",
        "applied",
        "duplicates",
        "dead",
        "to apply",
        "to store",
        "unconfirmed",
    ):
        shown.add_column(heading, justify="right")
    rows = [_figures(each) for each in of]
    for each, row in zip(of, rows, strict=True):
        shown.add_row(str(each.partition), *(f"{value:,}" for value in row))
    shown.add_section()
    shown.add_row("all", *(f"{sum(column):,}" for column in zip([0] * 7, *rows, strict=True)))
    return shown


def _figures(status: PartitionStatus) -> list[int]:
    ledger = status.ledger
    counts = [ledger.applied, ledger.duplicates, ledger.dead_lettered] if ledger else [0, 0, 0]
    return [status.accepted, *counts, status.to_apply, status.to_store, status.unconfirmed]


def as_json(of: Sequence[PartitionStatus]) -> str:
    """An array with an object for each partition."""
    return msgspec.json.encode([_object(each) for each in of]).decode()


def _object(status: PartitionStatus) -> dict[str, Any]:
    ledger = status.ledger
    count = ledger and {
        "first": ledger.first_offset,
        "next": ledger.next_offset,
        "applied": ledger.applied,
        "duplicates": ledger.duplicates,
        "dead": ledger.dead_lettered,
    }
    return {
        "partition": status.partition,
        "accepted": status.accepted,
        "to_apply": status.to_apply,
        "to_store": status.to_store,
        "unconfirmed": status.unconfirmed,
        "count": count,
        "faults": status.faults,
    }
