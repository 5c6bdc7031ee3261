"""Bringing a report into a file, whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import httpx

from operations.export.counting import CsvRows, rows_of
from operations.export.errors import ExportError, MisuseError
from operations.export.progress import Watcher

ROWS_HEADER = "Playhead-Rows"
WAITING = httpx.Timeout(10, read=600)
"""A large workbook is made whole before its first byte is sent."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to ask for."""

    url: str
    path: str
    parameters: Mapping[str, list[str]]
    kind: str
    token: str


def to_file(wanted: Wanted, out: Path, watch: Watcher) -> int:
    """Write the report to `out`, which is there only once it is whole; how many rows it has.

    Raises:
        ExportError: it cannot be had; nothing is left of it.
    """
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with _writing(part) as file:
            total, counted = _copy(wanted, file, watch)
        _check(total, counted if wanted.kind == "csv" else rows_of(part, wanted.kind))
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return total


def to_stdout(wanted: Wanted, watch: Watcher) -> int:
    """Write the report to the standard output as it comes; how many rows it has.

    Raises:
        ExportError: it cannot be had, or not the whole of it.
    """
    total, counted = _copy(wanted, sys.stdout.buffer, watch)
    sys.stdout.buffer.flush()
    _check(total, counted)
    return total


def _copy(wanted: Wanted, file: BinaryIO, watch: Watcher) -> tuple[int, int | None]:
    counter = CsvRows() if wanted.kind == "csv" else None
    with _answer(wanted) as response:
        total, size = int(response.headers[ROWS_HEADER]), 0
        watch(None if counter is None else 0, total, 0)
        try:
            for piece in response.iter_bytes():
                file.write(piece)
                size += len(piece)
                if counter is not None:
                    counter.pass_by(piece)
                watch(None if counter is None else counter.rows, total, size)
        except httpx.TransportError as error:
            raise ExportError(f"the export broke off: {error or type(error).__name__}") from error
    return total, None if counter is None else counter.rows


@contextmanager
def _answer(wanted: Wanted) -> Iterator[httpx.Response]:
    with httpx.Client(timeout=WAITING) as client:
        try:
            request = client.build_request(
                "GET",
                f"{wanted.url.rstrip('/')}{wanted.path}",
                params={**wanted.parameters, "format": wanted.kind},
                headers={"Authorization": f"Bearer {wanted.token}"},
            )
            response = client.send(request, stream=True)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise MisuseError(f"{wanted.url} is no address of the API: {error}") from error
        except httpx.TransportError as error:
            raise ExportError(f"{wanted.url} does not answer: {error or type(error).__name__}") from error
        with closing(response):
            _refuse_problems(response)
            yield response


def _refuse_problems(response: httpx.Response) -> None:
    if response.is_success and ROWS_HEADER in response.headers:
        return
    response.read()
    if response.headers.get("content-type", "").startswith("application/problem+json"):
        problem = response.json()
        fields = ", ".join(each["field"] for each in problem.get("errors", []))
        raise ExportError(f"{problem['title']}: {problem['detail']}{fields and f' ({fields})'}")
    raise ExportError(f"{response.url} answers {response.status_code}, and with no export")


@contextmanager
def _writing(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("wb") as file:
            yield file
    except OSError as error:
        raise ExportError(f"cannot write to {path.parent}: {error.strerror}") from error


def _check(total: int, counted: int | None) -> None:
    if counted is not None and counted != total:
        raise ExportError(f"the export has {counted:,} rows of {total:,}, and was not kept")
