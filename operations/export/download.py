"""Download a report into a file that exists only once it is complete."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from operations.export.reports import ExportError, MisuseError

ROWS_HEADER = "Playhead-Rows"
AS_OF_HEADER = "Playhead-As-Of"
TIMEOUT = httpx.Timeout(10, read=600)
"""The server completes a large workbook before it sends the first byte."""

ShowProgress = Callable[[int, int], None]
"""Receives the report's rows, and the bytes that have arrived."""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """A report, and who asks for it."""

    url: str
    path: str
    parameters: Mapping[str, list[str]]
    format: str
    token: str


def to_file(request: ExportRequest, out: Path, show: ShowProgress) -> int:
    """Write the report to `out`, which is replaced once the report is complete; returns its rows.

    Raises:
        ExportError: the report cannot be had; `out` is as it was.
    """
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with _file_errors(part), part.open("wb") as file:
            rows = _copy(request, file, show)
        if request.format == "csv":
            _check_rows(part, rows)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return rows


def to_stdout(request: ExportRequest, show: ShowProgress) -> int:
    """Write the report to the standard output while it arrives; returns its rows.

    Raises:
        ExportError: the report cannot be had, or not completely.
    """
    rows = _copy(request, sys.stdout.buffer, show)
    sys.stdout.buffer.flush()
    return rows


@contextmanager
def progress_bar(name: str) -> Iterator[ShowProgress]:
    """A bar on the error output, if that is a terminal: the standard output may be the file."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[state]}"))
    with Progress(
        *columns, TimeElapsedColumn(), console=console, disable=not sys.stderr.isatty()
    ) as progress:
        task = progress.add_task(name, total=None, state="waiting")

        def show(rows: int, size: int) -> None:
            state = f"{rows:,} rows, {size / 1e6:,.1f} MB" if size else f"{rows:,} rows, being made"
            progress.update(task, state=state)

        yield show


def _copy(request: ExportRequest, file: BinaryIO, show: ShowProgress) -> int:
    """Copy the response; httpx raises if the connection ends before its body does."""
    with _response(request) as response:
        rows, size = int(response.headers[ROWS_HEADER]), 0
        show(rows, size)
        as_of = response.headers.get(AS_OF_HEADER)
        if as_of is not None:
            sys.stderr.write(f"figures as of {as_of}: a change of the directory is being applied\n")
        try:
            for piece in response.iter_bytes():
                file.write(piece)
                size += len(piece)
                show(rows, size)
        except httpx.TransportError as error:
            raise ExportError(f"the export broke off: {error or type(error).__name__}") from error
    return rows


@contextmanager
def _response(request: ExportRequest) -> Iterator[httpx.Response]:
    with httpx.Client(timeout=TIMEOUT) as client:
        try:
            response = client.send(
                client.build_request(
                    "GET",
                    f"{request.url.rstrip('/')}{request.path}",
                    params={**request.parameters, "format": request.format},
                    headers={"Authorization": f"Bearer {request.token}"},
                ),
                stream=True,
            )
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise MisuseError(f"{request.url} is no address of the API: {error}") from error
        except httpx.TransportError as error:
            raise ExportError(f"{request.url} does not answer: {error or type(error).__name__}") from error
        with closing(response):
            _check_response(response)
            yield response


def _check_response(response: httpx.Response) -> None:
    if response.is_success and ROWS_HEADER in response.headers:
        return
    response.read()
    if response.headers.get("content-type", "").startswith("application/problem+json"):
        problem = response.json()
        fields = ", ".join(each["field"] for each in problem.get("errors", []))
        raise ExportError(f"{problem['title']}: {problem['detail']}{fields and f' ({fields})'}")
    raise ExportError(f"{response.url} answers {response.status_code}, and with no export")


@contextmanager
def _file_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportError(f"cannot write to {path.parent}: {error.strerror}") from error


def _check_rows(file: Path, expected: int) -> None:
    with file.open(encoding="utf-8-sig", newline="\n") as text:
        complete_lines = (line for line in text if line.endswith("\n"))
        rows = sum(1 for _ in csv.reader(complete_lines)) - 1
    if rows != expected:
        raise ExportError(f"the export has {rows:,} rows of {expected:,}, and was not kept")
