"""`playhead export`: a report as a file, from the API, and so within the scope of the token."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast, get_args
from uuid import UUID

import typer

from operations.cli.export_organisation import ORGANISATION, export_organisation
from operations.cli.failures import explained
from operations.cli.options import (
    AUDIENCE_TENANT,
    DEFAULT_DATA_DIR,
    DEMO_USER,
    DataDirOption,
    development_token,
)
from operations.local.running_stack import gateway_url, read_settings
from playhead.settings import TokenSettings

if TYPE_CHECKING:
    from operations.export.download import ExportRequest

FormatName = Literal["csv", "xlsx", "parquet"]
STDOUT = Path("-")


def export(
    report: Annotated[str | None, typer.Argument(help="Its name; see --list.", show_default=False)] = None,
    *,
    list_reports: Annotated[bool, typer.Option("--list", help="Name the reports, and end.")] = False,
    kind: Annotated[
        FormatName | None, typer.Option("--format", help="By default, what --out ends in, else csv.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The file, - for the standard output; by default REPORT-DATE.FORMAT. Of an organisation, "
            "the directory."
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
    dry_run: Annotated[
        bool, typer.Option(help="Of an organisation: say what would be written, and write nothing.")
    ] = False,
    archive: Annotated[
        list[Path] | None,
        typer.Option(help="Of an organisation: a directory of archived months that were moved."),
    ] = None,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Write a report to a file: the whole of what its pages show, filtered and ordered the same.

    `organisation` is no report: with --tenant ID it writes all rows that
    Postgres and the archived months hold of an organisation into the directory
    --out, as JSON lines and Parquet, with a receipt. It needs access to
    Postgres, not a token.

    The file is there only once it is whole. Exits with 1 where it cannot be had, with 2 where the command was
    asked for what there is not.
    """
    from operations.export.download import ExportRequest
    from operations.export.reports import REPORTS, ExportError, MisuseError, path_of

    if report == ORGANISATION:
        export_organisation(tenant, out, data_dir, dry_run=dry_run, archives=archive or [])
        return
    if list_reports or report is None:
        width = max(map(len, REPORTS))
        print(
            f"{ORGANISATION:{width}}  everything that is held of an organisation, for operators: --tenant ID"
        )
        for name, endpoint in REPORTS.items():
            print(f"{name:{width}}  {endpoint.what}")
        return
    with explained(ExportError, misuse=MisuseError):
        request = ExportRequest(
            url=url or gateway_url(data_dir),
            path=path_of(report, {"team": team, "person": person, "content": content}),
            parameters=_parameters(param or []),
            format=kind or _format_of(out),
            token=token or _minted(data_dir, tenant, user),
        )
        _download(report, request, out)


def _download(report: str, request: ExportRequest, out: Path | None) -> None:
    from operations.export.download import progress_bar, to_file, to_stdout
    from operations.export.reports import MisuseError

    if out is not None and out.is_dir():
        raise MisuseError(f"--out {out} is a directory")
    target = out or Path(f"{report}-{datetime.now(UTC).date().isoformat()}.{request.format}")
    with progress_bar(report) as show:
        rows = to_stdout(request, show) if target == STDOUT else to_file(request, target, show)
    where = "" if target == STDOUT else f" in {target}"
    print(f"{rows:,} rows{where}", file=sys.stderr)


def _format_of(out: Path | None) -> FormatName:
    suffix = "" if out is None else out.suffix.removeprefix(".")
    return cast("FormatName", suffix) if suffix in get_args(FormatName) else "csv"


def _parameters(given: list[str]) -> dict[str, list[str]]:
    from operations.export.reports import MisuseError

    parameters: dict[str, list[str]] = {}
    for each in given:
        name, is_pair, value = each.partition("=")
        if not (is_pair and name):
            raise MisuseError(f"--param {each} is not NAME=VALUE")
        parameters.setdefault(name, []).append(value)
    return parameters


def _minted(data_dir: Path, tenant: UUID, user: UUID) -> str:
    from operations.export.reports import ExportError
    from playhead.identity import MintingRefusedError

    try:
        return development_token(read_settings(TokenSettings, data_dir), tenant, user, ["admin"])
    except MintingRefusedError as error:
        raise ExportError(f"{error}: give --token") from error
