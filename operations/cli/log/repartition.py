"""`playhead repartition`: more partitions for the topics, while services run."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from operations.cli.failures import explained, failed
from operations.cli.options import DEFAULT_DATA_DIR, DataDirOption, YesOption, confirm, say
from operations.local.running_stack import read_settings
from playhead.settings import RepartitionSettings

if TYPE_CHECKING:
    from operations.repartition.plan import RepartitionPlan


def repartition(
    *,
    partitions: Annotated[
        int | None,
        typer.Option(help="Of each topic from then on: a multiple of the present number.", min=1, max=1000),
    ] = None,
    abort: Annotated[
        bool, typer.Option("--abort", help="Let saves go on after a run that was killed before it added any.")
    ] = False,
    dry_run: Annotated[bool, typer.Option(help="Say what would be done, and change nothing.")] = False,
    yes: YesOption = False,
    wait: Annotated[
        float, typer.Option(help="Seconds that processors and sinks may take, to store what was accepted.")
    ] = 120.0,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Give the three topics more partitions, so that more processors and sinks share the work.

    Says first what there is, and asks. The services must run. Saves are answered 503 with Retry-After for
    some fifteen seconds, and players send them again: nothing is lost, and each person's heartbeats keep
    their order. Processors and sinks take over the new partitions within half a minute, without a restart.

    Every step may be repeated: after a failure, or where it was killed, run the command again, which
    continues. Until partitions are added, --abort goes back instead. Partitions are never taken away.
    """
    from operations.archive.retention import RetentionError, exclusive
    from operations.repartition.plan import RepartitionError
    from operations.repartition.repartitioner import Repartitioner
    from operations.stores import StoreUnavailableError

    if abort == (partitions is not None):
        raise typer.BadParameter("give either --partitions or --abort")
    with explained(RetentionError, RepartitionError, StoreUnavailableError):
        settings = read_settings(RepartitionSettings, data_dir)
        with ExitStack() as held:
            databases = [
                held.enter_context(exclusive(each.dsn, "repartition"))
                for each in settings.databases.named.values()
            ]
            work = Repartitioner(settings, databases, partitions or 0, wait, say)
            if abort:
                print("Saves go on." if work.abort() else "No repartition is under way.")
                return
            plan = work.plan()
            _show(plan, settings)
            if plan.is_done or not _is_confirmed(dry_run=dry_run, yes=yes):
                return
            moved = work.run()
            is_taken_over = work.await_takeover()
    print(f"Each topic has {partitions} partitions; {moved:,} people were moved to other keys in Redis.")
    print(f"Set PLAYHEAD_KAFKA_PARTITIONS={partitions}, by which `playhead migrate --check` compares.")
    if not is_taken_over:
        raise failed(
            f"Processors and sinks have not taken over all partitions within {wait:.0f} s: see that they run "
            "(`playhead status`). What is saved waits for them in the log."
        )


def _show(plan: RepartitionPlan, settings: RepartitionSettings) -> None:
    for topic, count in plan.counts.items():
        print(f"{topic}: {count} partitions")
    if plan.is_done:
        print("Nothing is to be done.")
        return
    from operations.repartition.hot_store import count_moves

    if plan.is_marked:
        print("A repartition was begun, and saves are refused until it is over.")
    print(f"To be {plan.target} of each. {count_moves(settings, plan.target):,} people of Redis move.")


def _is_confirmed(*, dry_run: bool, yes: bool) -> bool:
    if dry_run:
        print("Nothing was changed.")
        return False
    if not yes:
        confirm("Saves are refused for some fifteen seconds. Go on?", "Nothing was changed")
    return True
