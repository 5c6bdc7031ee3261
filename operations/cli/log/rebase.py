"""`playhead rebase`: the stores begin a new log, after Kafka's was lost."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from operations.cli.failures import explained
from operations.cli.options import DEFAULT_DATA_DIR, DataDirOption, YesOption, confirm, say
from operations.local.running_stack import read_settings
from playhead.settings import DEFAULT, RebaseSettings

if TYPE_CHECKING:
    from operations.rebase.findings import RebaseFindings
    from operations.rebase.rebaser import RebaseResult


def rebase(
    *,
    dry_run: Annotated[bool, typer.Option(help="Say what there is, and change nothing.")] = False,
    yes: YesOption = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="Although no store has read beyond the end of a log."),
    ] = False,
    wait: Annotated[
        float,
        typer.Option(help="Seconds that stopped processors and sinks may take to leave their groups."),
    ] = 0.0,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Let Redis and PostgreSQL begin a new log, where Kafka's was lost.

    Says first what there is, and asks. `playhead migrate` must have made the topics again; processors and
    sinks must not run, ingest may. What the new log has is applied from its beginning, and counts once.

    What Redis has of people and PostgreSQL lacks is stored in PostgreSQL; then the progress in Redis is
    deleted, and processors load it from there. What neither has is lost, until players send it again.

    Every step may be repeated: after a failure, or where it was killed, run the command again. Until it is
    through, processors and sinks refuse to start.
    """
    from operations.archive.retention import RetentionError, exclusive
    from operations.rebase.findings import RebaseError
    from operations.rebase.rebaser import Rebaser
    from operations.stores import StoreUnavailableError

    with explained(RetentionError, RebaseError, StoreUnavailableError), ExitStack() as held:
        settings = read_settings(RebaseSettings, data_dir)
        databases = {
            name: held.enter_context(exclusive(each.dsn, "rebase"))
            for name, each in settings.databases.named.items()
        }
        work = Rebaser(settings, databases, say, force=force, wait_seconds=wait)
        _show(work.findings())
        if dry_run or not yes:
            _show_rescue(work.preview())
        if dry_run:
            print("Nothing was changed.")
            return
        if not yes:
            confirm("The former log cannot be read by these stores again. Go on?", "Nothing was changed")
        done = work.run()
    print(
        f"{done.rows:,} rows are older than the new log now. PostgreSQL has {done.items:,} items of "
        f"{done.people:,} people more, which Redis alone had."
    )
    if done.refused:
        print(f"PostgreSQL refused {done.refused:,} of them: see `playhead dead-letters list`.")
    others = [name for name in settings.databases.named if name != DEFAULT]
    sinks = f"the sinks (of {', '.join(others)} too)" if others else "the sinks"
    print(f"Start {sinks}, then the processors, and ingest if it does not run.")
    print("Then `playhead status --wait 60`.")


def _show(found: RebaseFindings) -> None:
    for topic, ends in (("heartbeats", found.ends.heartbeats), ("states", found.ends.states)):
        print(f"The log of {topic} has {len(ends)} partitions, and ends at {sum(ends.values()):,} in all.")
    for sentence in found.beyond:
        print(f"{sentence}.")
    if found.is_begun:
        print("A rebase was begun, and is not over.")


def _show_rescue(preview: RebaseResult) -> None:
    print(f"Redis has {preview.items:,} items of {preview.people:,} people that PostgreSQL lacks.")
