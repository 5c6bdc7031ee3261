"""`playhead keys`: API keys with which servers save and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from operations.cli.failures import explained
from operations.cli.options import (
    DEFAULT_DATA_DIR,
    DataDirOption,
    IdentifierError,
    TenantOption,
    YesOption,
    confirm,
    identifier,
)
from operations.local.running_stack import read_settings
from playhead.http.logs import show_audit_trail
from playhead.progress.identifiers import TenantId
from playhead.settings import PostgresSettings

if TYPE_CHECKING:
    from playhead.api_keys.statements import KeyRow

app = typer.Typer(help="API keys of servers: create, list and revoke them.", no_args_is_help=True)
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def keys() -> None:
    """API keys of servers: create, list and revoke them."""


@app.command()
def create(
    *,
    tenant: TenantOption,
    name: Annotated[str, typer.Option(help="Which server has it, such as `Moodle`.")],
    scope: Annotated[list[str], typer.Option(help="`write`, `read` or `directory`; may be repeated.")],
    as_json: JsonOption = False,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Create a key and print it. It is not stored, and shown only now.

    `write` saves for the tenant's learners, `read` reads their progress and the
    reports, `directory` reads and writes the directory.
    """
    from operations.api_keys import ApiKeyError, create_key
    from operations.stores import StoreUnavailableError
    from playhead.identity.api_keys import KEY_SCOPES, scopes_of

    with explained(ApiKeyError, StoreUnavailableError, IdentifierError):
        organisation = TenantId(identifier("tenant", tenant))
        scopes = scopes_of(scope)
        if unknown := sorted(set(scope) - scopes):
            raise ApiKeyError(f"--scope {unknown[0]!r} is none of {', '.join(KEY_SCOPES)}")
        settings = read_settings(PostgresSettings, data_dir)
        show_audit_trail()
        key, row = create_key(settings, organisation, name, scopes)
    if as_json:
        print(_json({**_fields(row), "secret": key.secret, "key": key.text}))
        return
    print(key.text)
    say_once = "Keep it, as it is not shown again. For Basic, the part before the dot is the user."
    typer.echo(say_once, err=True)


@app.command("list")
def list_keys(
    *, tenant: TenantOption, as_json: JsonOption = False, data_dir: DataDirOption = DEFAULT_DATA_DIR
) -> None:
    """List a tenant's keys, without their secrets."""
    from operations.api_keys import keys_of_tenant
    from operations.stores import StoreUnavailableError

    with explained(StoreUnavailableError, IdentifierError):
        organisation = TenantId(identifier("tenant", tenant))
        rows = keys_of_tenant(read_settings(PostgresSettings, data_dir), organisation)
    if as_json:
        print(_json([_fields(row) for row in rows]))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for heading in ("key", "name", "scopes", "created", "last used", "revoked"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        times = (row.created_at, row.last_used_at, row.revoked_at)
        shown = ("" if each is None else f"{each:%Y-%m-%d %H:%M} UTC" for each in times)
        table.add_row(row.key_id, row.name, ", ".join(sorted(row.scopes)), *shown)
    Console().print(table)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="The id of the key, `pk_…`.")],
    *,
    yes: YesOption = False,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Revoke a key, for good.

    Services refuse it within half a minute; one that cannot reach PostgreSQL,
    within ten minutes.
    """
    from operations.api_keys import ApiKeyError, checked_id, revoke_key
    from operations.stores import StoreUnavailableError

    with explained(ApiKeyError, StoreUnavailableError):
        checked = checked_id(key_id)
        if not yes:
            confirm(f"Revoke {checked}? Its server is refused from then on.", "Nothing was revoked")
        settings = read_settings(PostgresSettings, data_dir)
        show_audit_trail()
        row = revoke_key(settings, checked)
    print(f"{row.key_id} ({row.name}) is revoked.")


def _fields(row: KeyRow) -> dict[str, object]:
    from operations.api_keys import fields

    return fields(row)


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
