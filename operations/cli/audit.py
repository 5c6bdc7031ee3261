"""`playhead audit`: whether what PostgreSQL holds agrees with itself, and has what Redis has."""

from __future__ import annotations

from itertools import chain
from typing import Annotated

import typer

from operations.cli.failures import FAILED, explained
from operations.cli.options import DEFAULT_DATA_DIR, DataDir


def audit(
    *,
    sample: Annotated[
        int | None,
        typer.Option(help="Check this many rows, and people in Redis, at random instead of all.", min=1),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One finding a line, for programs.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Check rows against states, sums against rows, every ledger, and that PostgreSQL has what Redis has.

    Exits with 1 where something does not agree.
    """
    import msgspec

    from operations.audit.compare import AuditError
    from operations.audit.compare import audit as findings_of
    from operations.audit.hot import audit_hot
    from operations.local.running_stack import read_settings
    from playhead.settings import AuditSettings, HotAuditSettings

    found = 0
    durable, hot = read_settings(AuditSettings, data_dir), read_settings(HotAuditSettings, data_dir)
    with explained(AuditError):
        for finding in chain(findings_of(durable, sample=sample), audit_hot(hot, sample=sample)):
            found += 1
            print(msgspec.json.encode(finding).decode() if as_json else finding)
    if found:
        raise typer.Exit(FAILED)
    if not as_json:
        print("Everything agrees.")
