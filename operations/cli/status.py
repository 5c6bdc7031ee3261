"""`playhead status` shows lags and ledgers; `playhead audit` compares stored data with its sources."""

from __future__ import annotations

import sys
from itertools import chain
from typing import Annotated

import msgspec
import typer

from operations.cli.failures import FAILED, explained
from operations.cli.options import DEFAULT_DATA_DIR, DataDirOption
from operations.local.running_stack import read_settings
from playhead.settings import AuditSettings, HotAuditSettings


def status(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    wait: Annotated[
        float,
        typer.Option(
            help="Seconds to wait until all is applied and stored, for a store that is away as well.",
            min=0,
        ),
    ] = 0,
    service: Annotated[
        list[str] | None, typer.Option(help="The address of a service to ask as well, as http://sink:8083.")
    ] = None,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Show how far each partition has come and whether every accepted heartbeat is accounted for.

    Names the services that are not ready, or degraded, with what each says of itself: those of the stack that
    runs on this machine, and those given with --service.

    Shows what sinks still do in the background after a change of an organisation's settings: which days are
    counted again, and how many items' rows are derived again.

    Exits with 1 where a ledger does not balance, where PostgreSQL lacks what Redis has (of a sample of
    people; `playhead audit` looks at all), where a partition does not move (with the reason), while a
    repartition keeps saves waiting, or with
    --wait where the pipeline is not through in time.
    """
    from rich.console import Console

    from operations.audit.hot_store import hot_sample_faults
    from operations.status import view
    from operations.status.background import background_work
    from operations.status.partition_status import faults, is_behind
    from operations.status.partitions import StatusSettings, read_partitions, wait_for_partitions
    from operations.status.repartition import repartition_faults
    from operations.status.services import service_addresses, service_faults
    from operations.status.stalls import with_stalls
    from operations.stores import StoreUnavailableError

    with explained(StoreUnavailableError):
        settings = read_settings(StatusSettings, data_dir)
        found = (
            wait_for_partitions(settings, wait, lambda error: typer.echo(f"waiting: {error}", err=True))
            if wait
            else read_partitions(settings)
        )
        found = with_stalls(settings, found)
        wrong = faults(found) + hot_sample_faults(settings) + repartition_faults(settings)
        background = background_work(settings)
    behind = is_behind(found)
    if as_json:
        print(view.as_json(found))
    else:
        console = Console()
        console.print(view.table(found))
        for line in background:
            console.print(line, style="dim", markup=False)
        for line in service_faults(service_addresses(data_dir, service or ())):
            console.print(line, style="yellow", markup=False)
        so_far = " so far" if behind else ""
        console.print(
            "\n".join(f"[red]{fault}" for fault in wrong)
            or f"The ledger balances: every heartbeat is accounted for{so_far}."
        )
    if wrong or (wait and behind):
        raise typer.Exit(FAILED)


def audit(
    *,
    sample: Annotated[
        int | None,
        typer.Option(help="Check this many rows, and people in Redis, at random instead of all.", min=1),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One finding a line, for programs.")] = False,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Check rows against states, sums against rows, every ledger, and that PostgreSQL has what Redis has.

    The end of the run and the number of findings are kept in PostgreSQL: the sink shows them in its metrics.

    Exits with 1 where something does not agree.
    """
    from operations.audit.database import audit as audit_database
    from operations.audit.hot_store import audit_hot
    from operations.audit.recording import record_run
    from operations.stores import StoreUnavailableError

    found = 0
    durable, hot = read_settings(AuditSettings, data_dir), read_settings(HotAuditSettings, data_dir)
    with explained(StoreUnavailableError):
        for finding in chain(audit_database(durable, sample=sample), audit_hot(hot, sample=sample)):
            found += 1
            print(msgspec.json.encode(finding).decode() if as_json else finding)
        not_recorded = record_run(durable, found)
    if not_recorded is not None:
        print(not_recorded, file=sys.stderr)
    if found:
        raise typer.Exit(FAILED)
    if not as_json:
        print("Everything agrees.")
