"""`playhead status`: lags and ledgers, from the log and the stores themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from operations.cli.failures import FAILED, explained
from operations.cli.options import DEFAULT_DATA_DIR, DataDir

if TYPE_CHECKING:
    from rich.table import Table

    from operations.status.standing import Standing


def status(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait for both lags to reach 0.", min=0)] = 0,
    service: Annotated[
        list[str] | None, typer.Option(help="The address of a service to ask as well, as http://sink:8083.")
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Show how far each partition has come and whether every accepted heartbeat is accounted for.

    Names the services that are not ready, or degraded, with what each says of itself: those of the stack that
    runs on this machine, and those given with --service.

    Exits with 1 where a ledger does not balance, where PostgreSQL lacks what Redis has (of a sample of
    people; `playhead audit` looks at all), where a partition does not move (with the reason), or with
    --wait where the pipeline is not through in time.
    """
    from rich.console import Console

    from operations.audit.compare import AuditError
    from operations.local.running_stack import read_settings
    from operations.status.amiss import addresses, amiss
    from operations.status.hot_sample import in_redis_alone
    from operations.status.stalls import with_stalls
    from operations.status.standing import faults
    from operations.status.survey import StatusSettings, SurveyError, survey, survey_until_through

    with explained(SurveyError, AuditError):
        settings = read_settings(StatusSettings, data_dir)
        these = survey_until_through(settings, wait) if wait else survey(settings)
        these = with_stalls(settings, these)
        found = faults(these) + in_redis_alone(settings)
    behind = sum(each.to_apply + each.to_store for each in these)
    if as_json:
        print(_json(these))
    else:
        console = Console()
        console.print(_table(these))
        for line in amiss(addresses(data_dir, service or ())):
            console.print(line, style="yellow", markup=False)
        console.print(
            "\n".join(f"[red]{fault}" for fault in found)
            or f"The ledger balances: every heartbeat is accounted for{'' if behind == 0 else ' so far'}."
        )
    if found or (wait and behind):
        raise typer.Exit(FAILED)


def _table(these: list[Standing]) -> Table:
    from rich.table import Table

    table = Table(title="accepted = applied + duplicates + dead-lettered", title_style="dim")
    for heading in ("partition", "accepted", "applied", "duplicates", "dead", "to apply", "to store"):
        table.add_column(heading, justify="right")
    total = [0] * 6
    for each in these:
        count = each.count
        row = [
            each.accepted,
            count.applied if count else 0,
            count.duplicates if count else 0,
            count.dead_lettered if count else 0,
            each.to_apply,
            each.to_store,
        ]
        total = [one + other for one, other in zip(total, row, strict=True)]
        table.add_row(str(each.partition), *(f"{value:,}" for value in row))
    table.add_section()
    table.add_row("all", *(f"{value:,}" for value in total))
    return table


def _json(these: list[Standing]) -> str:
    import msgspec

    return msgspec.json.encode(these).decode()
