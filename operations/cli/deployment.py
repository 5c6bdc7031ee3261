"""`playhead migrate` brings topics and schema up to date; `playhead settings` lists every variable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from pydantic import SecretStr

import playhead.settings
from operations.cli.failures import FAILED, explained
from operations.cli.options import DEFAULT_DATA_DIR, DataDirOption
from operations.local.running_stack import read_settings
from playhead.settings.secret_files import is_secret
from playhead.settings.telemetry import TelemetrySettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from operations.local.checks import Check

DRIFTED = 3
CHECKED = ("ingest", "processor", "sink", "query")
SERVICES = ("ingest", "processor", "sink", "query", "migrate")


def migrate(
    *,
    check: Annotated[bool, typer.Option("--check", help="Say what differs, and change nothing.")] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what the schema lacks and which locks that takes.")
    ] = False,
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL of what the schema lacks.")] = False,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Create the topics, the schema and the roles, or bring them up to date; safe to run again.

    A lock of the schema is waited for in tries of two seconds, for a minute
    altogether; then the error names the sessions that hold it.

    With --check, exits with 3 where a topic is missing or has other settings or
    partitions than it should have, or where the schema is of another revision.
    """
    from operations.bring_up import bring_up_to_date, differences
    from playhead.kafka.topics import TopicsError
    from sinks.schema import MigrationError
    from sinks.schema import pending as missing

    found = None
    with explained(TopicsError, MigrationError):
        settings = read_settings(playhead.settings.MigrateSettings, data_dir)
        if plan or sql:
            texts = map(missing.script, settings.databases.named.values()) if sql else missing.plan(settings)
            print("\n".join(each for each in texts if each) or "-- The schema is as it should be.")
            return
        for found in differences(settings) if check else bring_up_to_date(settings):
            print(found)
    if check and found is not None:
        raise typer.Exit(DRIFTED)
    if check:
        print("Topics and schema are as they should be.")


def check(
    service: Annotated[
        list[str] | None, typer.Argument(help="ingest, processor, sink or query; all four by default.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One check a line, for programs.")] = False,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Try everything that a service depends on, with its own settings and rights.

    Kafka (login, topics, each right), Redis (login, commands, eviction),
    PostgreSQL (login, version, schema, rights on each table), the issuer's keys,
    and clocks. Says what is missing, and which setting is wrong. Changes
    nothing. Run it where the service runs. Exits with 1 where something is
    wrong.
    """
    from operations.check.services import service_checks

    healthy = True
    for name in service or CHECKED:
        if name not in CHECKED:
            raise typer.BadParameter(f"{name} is no service: {', '.join(CHECKED)}")
        with explained():
            healthy = show_checks(service_checks(name, data_dir), name, as_json=as_json) and healthy
    if not healthy:
        raise typer.Exit(FAILED)


def show_checks(checks: Iterable[Check], service: str | None = None, *, as_json: bool = False) -> bool:
    """Print a line for each check as its result comes; whether all are well."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    healthy = True
    for each in checks:
        healthy = healthy and each.ok
        if as_json:
            line = {"service": service, "name": each.name, "ok": each.ok, "detail": each.detail}
            print(msgspec.json.encode(line).decode(), flush=True)
            continue
        verdict = ("ok   ", "green") if each.ok else ("wrong", "red")
        of = "" if service is None else f" {service}:"
        console.print(Text.assemble(verdict, f"{of} {each.name}: {each.detail}"))
    return healthy


def settings(
    *, markdown: Annotated[bool, typer.Option(help="As docs/configuration.md has it.")] = False
) -> None:
    """List every variable: its meaning, its default, and which services read it."""
    if markdown:
        print(as_markdown(), end="")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("variable", "default", "meaning", "read by", show_lines=True)
    for row in rows():
        table.add_row(*row)
    Console().print(table)


def as_markdown() -> str:
    """The text of `docs/configuration.md`."""
    lines = (
        f"| `{name}` | {f'`{default}`' if default else ''} | {meaning} | {read_by} |"
        for name, default, meaning, read_by in rows()
    )
    return "\n".join((_HEADING, *lines, ""))


_HEADING = """\
# Configuration

Every service reads `PLAYHEAD_*` variables once, when it starts, and names the one that is wrong.
`playhead settings` prints this table; `playhead settings --markdown` writes this page.

A secret, and an address that may contain one, can be in a file, as Docker and Kubernetes mount them: the
variable with `_FILE` names it. See [secrets](operations/secrets.md).

The `OTEL_*` variables are OpenTelemetry's; its SDK reads others too. See [tracing](operations/tracing.md).

| variable | default | meaning | read by |
|---|---|---|---|"""


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Variable, default, meaning and readers of every setting, in the order of the pipeline."""
    classes = {name: getattr(playhead.settings, f"{name.capitalize()}Settings") for name in SERVICES}
    readers: dict[str, list[str]] = {}
    fields = {}
    for service, kind in classes.items():
        for name, field in kind.model_fields.items():
            readers.setdefault(name, []).append(service)
            fields[name] = field
    for name, field in fields.items():
        default = field.default
        if isinstance(default, SecretStr):
            shown = "for development only"
        elif isinstance(default, tuple):
            shown = ",".join(default)
        else:
            shown = "" if default is None else str(default)
        read_by = "all" if len(readers[name]) == len(SERVICES) else ", ".join(readers[name])
        meaning = " ".join((field.description or "").split())
        variable = f"PLAYHEAD_{name.upper()}"
        if is_secret(field):
            meaning += f" Or in a file: `{variable}_FILE`."
        yield variable, shown, meaning, read_by
    for name, field in TelemetrySettings.model_fields.items():
        shown = "" if field.default is None else str(field.default)
        meaning = " ".join((field.description or "").split())
        yield f"OTEL_{name.upper()}", shown, meaning, ", ".join(CHECKED)
