"""`playhead dead-letters`: what could not be applied or stored, to look at and to send again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from operations.cli.failures import FAILED, explained
from operations.cli.options import DEFAULT_DATA_DIR, DataDir

if TYPE_CHECKING:
    from operations.dead_letters.letters import Place, Wanted

app = typer.Typer(help="Look at dead letters, and send them to where they came from.", no_args_is_help=True)

Reason = Annotated[str | None, typer.Option(help="Only of this reason, such as refused_by_store or quota.")]
Tenant = Annotated[UUID | None, typer.Option(help="Only of this tenant.")]
Person = Annotated[UUID | None, typer.Option(help="Only of this person.")]
Since = Annotated[datetime | None, typer.Option(help="Only from this time on (UTC).")]
Until = Annotated[datetime | None, typer.Option(help="Only before this time (UTC).")]
Json = Annotated[bool, typer.Option("--json", help="One letter a line, for programs.")]


@app.command("list")
def list_letters(
    *,
    reason: Reason = None,
    tenant: Tenant = None,
    person: Person = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(help="The latest so many.", min=1, max=100_000)] = 50,
    as_json: Json = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """List the latest dead letters, the oldest of them first."""
    from operations.dead_letters.errors import DeadLettersError
    from operations.dead_letters.topic import latest
    from operations.dead_letters.view import line, table
    from operations.local.running_stack import read_settings
    from playhead.settings import RedriveSettings

    with explained(DeadLettersError):
        found = latest(
            read_settings(RedriveSettings, data_dir), _wanted(reason, tenant, person, since, until), limit
        )
    if as_json:
        for each in found:
            print(line(each))
        return
    from rich.console import Console

    Console().print(table(found) if found else "There are no such dead letters.")


@app.command()
def show(
    letter: Annotated[str, typer.Argument(help="PARTITION:OFFSET, as `list` names it.")],
    *,
    as_json: Json = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Show one dead letter: where it came from, why it is here, and what it says."""
    from operations.dead_letters.errors import DeadLettersError
    from operations.dead_letters.topic import letter_at
    from operations.dead_letters.view import details, line
    from operations.local.running_stack import read_settings
    from playhead.settings import RedriveSettings

    with explained(DeadLettersError, ValueError):
        kept = letter_at(read_settings(RedriveSettings, data_dir), _places([letter])[0])
    print(line(kept, with_value=True) if as_json else details(kept))


@app.command()
def redrive(
    letters: Annotated[
        list[str] | None, typer.Argument(help="PARTITION:OFFSET of each; or use filters.")
    ] = None,
    *,
    reason: Reason = None,
    tenant: Tenant = None,
    person: Person = None,
    since: Since = None,
    until: Until = None,
    every: Annotated[bool, typer.Option("--all", help="Every dead letter that there is.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")
    ] = False,
    as_json: Json = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Send dead letters, as they were, to the topic and partition that they came from.

    Safe to repeat: heartbeats are joined, and a state is sent only where it is
    the latest. Says of each letter that is left out why. The letters stay in
    their topic until they expire. Exits with 1 where none could be sent.
    """
    from operations.dead_letters.errors import DeadLettersError, NothingNamedError
    from operations.dead_letters.redrive import redrive as redrive_letters
    from operations.dead_letters.topic import letter_at
    from operations.dead_letters.topic import letters as letters_of
    from operations.dead_letters.view import Tally
    from operations.local.running_stack import read_settings
    from playhead.kafka.errors import PublishError
    from playhead.settings import RedriveSettings

    tally = Tally(dry_run=dry_run, as_json=as_json)
    with explained(DeadLettersError, PublishError, ValueError):
        settings = read_settings(RedriveSettings, data_dir)
        wanted = _wanted(reason, tenant, person, since, until)
        if not letters and wanted == _wanted(None, None, None, None, None) and not every:
            raise NothingNamedError("name letters, or give a filter; --all sends every dead letter")
        chosen = (
            (letter_at(settings, place) for place in _places(letters))
            if letters
            else letters_of(settings, wanted)
        )
        for each in redrive_letters(settings, chosen, dry_run=dry_run):
            tally.note(each)
    tally.conclude()
    if tally.left and not tally.sent:
        raise typer.Exit(FAILED)


def _wanted(
    reason: str | None,
    tenant: UUID | None,
    person: UUID | None,
    since: datetime | None,
    until: datetime | None,
) -> Wanted:
    from operations.dead_letters.letters import Wanted
    from playhead.wire.dead_letters import REASONS

    if reason is not None and reason not in REASONS:
        raise typer.BadParameter(f"--reason {reason}: one of {', '.join(REASONS)}")
    return Wanted(
        reason=reason,
        tenant=None if tenant is None else str(tenant),
        person=None if person is None else str(person),
        since=None if since is None else since.replace(tzinfo=UTC),
        until=None if until is None else until.replace(tzinfo=UTC),
    )


def _places(named: list[str]) -> list[Place]:
    from operations.dead_letters.letters import Place

    return [Place.of(each) for each in named]
