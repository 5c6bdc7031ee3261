"""`playhead dead-letters`: list them, show one, send them again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from operations.cli.failures import FAILED, explained
from operations.cli.options import DEFAULT_DATA_DIR, DataDirOption
from operations.local.running_stack import read_settings
from playhead.settings import RedriveSettings

if TYPE_CHECKING:
    from operations.dead_letters.dead_letter import DeadLetterFilter

app = typer.Typer(help="Look at dead letters, and send them to where they came from.", no_args_is_help=True)

ReasonOption = Annotated[
    str | None, typer.Option(help="Only of this reason, such as refused_by_store or quota.")
]
OfTenantOption = Annotated[UUID | None, typer.Option(help="Only of this tenant.")]
OfPersonOption = Annotated[UUID | None, typer.Option(help="Only of this person.")]
FromTimeOption = Annotated[datetime | None, typer.Option(help="Only from this time on (UTC).")]
BeforeTimeOption = Annotated[datetime | None, typer.Option(help="Only before this time (UTC).")]
JsonLinesOption = Annotated[bool, typer.Option("--json", help="One dead letter a line, for programs.")]


@app.command("list")
def list_dead_letters(
    *,
    reason: ReasonOption = None,
    tenant: OfTenantOption = None,
    person: OfPersonOption = None,
    since: FromTimeOption = None,
    until: BeforeTimeOption = None,
    limit: Annotated[int, typer.Option(help="The latest so many.", min=1, max=100_000)] = 50,
    as_json: JsonLinesOption = False,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """List the latest dead letters, the oldest of them first."""
    from rich.console import Console

    from operations.dead_letters.topic import latest
    from operations.dead_letters.view import line, table
    from operations.stores import StoreUnavailableError

    wanted = _filter(reason, tenant, person, since, until)
    with explained(StoreUnavailableError):
        found = latest(read_settings(RedriveSettings, data_dir), wanted, limit)
    if not as_json:
        Console().print(table(found) if found else "There are no such dead letters.")
        return
    for each in found:
        print(line(each))


@app.command()
def show(
    letter: Annotated[str, typer.Argument(help="PARTITION:OFFSET, as `list` names it.")],
    *,
    as_json: JsonLinesOption = False,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Show one dead letter: where it came from, why it is here, and what it says."""
    from operations.dead_letters.dead_letter import DeadLetterId, DeadLettersError
    from operations.dead_letters.topic import dead_letter_at
    from operations.dead_letters.view import details, line
    from operations.stores import StoreUnavailableError

    with explained(DeadLettersError, StoreUnavailableError):
        record = dead_letter_at(read_settings(RedriveSettings, data_dir), DeadLetterId.parse(letter))
    print(line(record, with_value=True) if as_json else details(record))


@app.command()
def redrive(
    letters: Annotated[
        list[str] | None, typer.Argument(help="PARTITION:OFFSET of each; or use filters.")
    ] = None,
    *,
    reason: ReasonOption = None,
    tenant: OfTenantOption = None,
    person: OfPersonOption = None,
    since: FromTimeOption = None,
    until: BeforeTimeOption = None,
    every: Annotated[bool, typer.Option("--all", help="Every dead letter that there is.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")
    ] = False,
    as_json: JsonLinesOption = False,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Send dead letters, as they were, to the topic and partition that they came from.

    Safe to repeat: a heartbeat counts once, and a state is sent only where it
    is the latest. Says why each of the others is left out. Dead letters stay in
    their topic until they expire. Exits with 1 where none could be sent.
    """
    from operations.dead_letters.dead_letter import DeadLetterFilter, DeadLetterId, DeadLettersError
    from operations.dead_letters.redrive import redrive as send_again
    from operations.dead_letters.topic import dead_letter_at, dead_letters
    from operations.dead_letters.view import RedriveReport
    from operations.stores import StoreUnavailableError
    from playhead.kafka.errors import PublishError

    report = RedriveReport(dry_run=dry_run, as_json=as_json)
    with explained(DeadLettersError, StoreUnavailableError, PublishError):
        settings = read_settings(RedriveSettings, data_dir)
        wanted = _filter(reason, tenant, person, since, until)
        if not letters and wanted == DeadLetterFilter() and not every:
            raise DeadLettersError("name dead letters, or give a filter; --all sends every dead letter")
        named = [DeadLetterId.parse(each) for each in letters or ()]
        found = (dead_letter_at(settings, each) for each in named)
        chosen = found if named else dead_letters(settings, wanted)
        for line in report.lines(send_again(settings, chosen, dry_run=dry_run)):
            print(line)
    if report.left and not report.sent:
        raise typer.Exit(FAILED)


def _filter(
    reason: str | None,
    tenant: UUID | None,
    person: UUID | None,
    since: datetime | None,
    until: datetime | None,
) -> DeadLetterFilter:
    from operations.dead_letters.dead_letter import DeadLetterFilter
    from playhead.wire.dead_letters import REASONS

    if reason is not None and reason not in REASONS:
        raise typer.BadParameter(f"--reason {reason}: one of {', '.join(REASONS)}")
    return DeadLetterFilter(
        reason=reason,
        tenant=None if tenant is None else str(tenant),
        person=None if person is None else str(person),
        since=None if since is None else since.replace(tzinfo=UTC),
        until=None if until is None else until.replace(tzinfo=UTC),
    )
