"""`playhead export`: a report as a file, through the API, and so within the scope of whom it is for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast, get_args
from uuid import UUID

import typer

from operations.cli.failures import MISCONFIGURED, explained
from operations.cli.options import DEFAULT_DATA_DIR, DataDir
from operations.cli.token import AUDIENCE_TENANT, DEMO_USER

if TYPE_CHECKING:
    from operations.export.download import Wanted

Kind = Literal["csv", "xlsx", "parquet"]
STDOUT = Path("-")


def export(
    report: Annotated[str | None, typer.Argument(help="Its name; see --list.", show_default=False)] = None,
    *,
    list_reports: Annotated[bool, typer.Option("--list", help="Name the reports, and end.")] = False,
    kind: Annotated[
        Kind | None, typer.Option("--format", help="By default, what --out ends in, else csv.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The file, - for the standard output; by default REPORT-DATE.FORMAT.", dir_okay=False
        ),
    ] = None,
    team: Annotated[UUID | None, typer.Option(help="Of this team.")] = None,
    person: Annotated[UUID | None, typer.Option(help="Of this person.")] = None,
    content: Annotated[UUID | None, typer.Option(help="Of this item.")] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(help="NAME=VALUE of the API's: sort, q and more; may be given several times."),
    ] = None,
    tenant: Annotated[
        UUID,
        typer.Option(help="Of a development token, where there is no --token."),
    ] = AUDIENCE_TENANT,
    user: Annotated[UUID, typer.Option(help="Of a development token; an administrator.")] = DEMO_USER,
    url: Annotated[
        str | None, typer.Option(help="Of the API; by default, of the stack on this machine.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(envvar="PLAYHEAD_TOKEN", help="Who asks, and so what they may see.")
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Write a report to a file: the whole of what its pages show, filtered and ordered the same.

    The file is there only once it is whole. Exits with 1 where it cannot be had, with 2 where the command was
    asked for what there is not.
    """
    from operations.export.download import Wanted
    from operations.export.errors import ExportError, MisuseError
    from operations.export.reports import path_of
    from operations.local.running_stack import gateway_url

    if list_reports or report is None:
        _list()
        return
    with explained(ExportError), _refused(MisuseError):
        wanted = Wanted(
            url=url or gateway_url(data_dir),
            path=path_of(report, {"team": team, "person": person, "content": content}),
            parameters=_parameters(param or []),
            kind=kind or _kind_of(out),
            token=token or _development_token(data_dir, tenant, user),
        )
        _bring(report, wanted, out)


def _bring(report: str, wanted: Wanted, out: Path | None) -> None:
    from operations.export.download import to_file, to_stdout
    from operations.export.progress import shown

    target = out or Path(f"{report}-{datetime.now(UTC).date().isoformat()}.{wanted.kind}")
    with shown(report) as watch:
        rows = to_stdout(wanted, watch) if target == STDOUT else to_file(wanted, target, watch)
    where = "" if target == STDOUT else f" in {target}"
    print(f"{rows:,} rows{where}", file=sys.stderr)


def _list() -> None:
    from operations.export.reports import REPORTS

    width = max(map(len, REPORTS))
    for name, report in REPORTS.items():
        print(f"{name:{width}}  {report.what}")


def _kind_of(out: Path | None) -> Kind:
    suffix = "" if out is None else out.suffix.removeprefix(".")
    return cast("Kind", suffix) if suffix in get_args(Kind) else "csv"


def _parameters(given: list[str]) -> dict[str, list[str]]:
    from operations.export.errors import MisuseError

    parameters: dict[str, list[str]] = {}
    for each in given:
        name, is_pair, value = each.partition("=")
        if not (is_pair and name):
            raise MisuseError(f"--param {each} is not NAME=VALUE")
        parameters.setdefault(name, []).append(value)
    return parameters


def _development_token(data_dir: Path, tenant: UUID, user: UUID) -> str:
    from operations.export.errors import ExportError
    from operations.local.running_stack import read_settings
    from playhead.identity import MintingRefusedError, mint_development_token
    from playhead.progress.identifiers import TenantId, UserId
    from playhead.settings import TokenSettings

    settings = read_settings(TokenSettings, data_dir)
    try:
        return mint_development_token(settings, TenantId(str(tenant)), UserId(str(user)), ["admin"])
    except MintingRefusedError as error:
        raise ExportError(f"{error}: give --token") from error


@contextmanager
def _refused(misuse: type[Exception]) -> Iterator[None]:
    try:
        yield
    except misuse as error:
        print(error, file=sys.stderr)
        raise typer.Exit(MISCONFIGURED) from error
