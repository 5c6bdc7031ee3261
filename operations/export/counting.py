"""How many rows a file holds."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

_PIECE = 1024 * 1024
_ROW = b"<row "


class CsvRows:
    """Counts the rows of a CSV file as it passes by in pieces."""

    def __init__(self) -> None:
        self._lines = 0
        self._is_quoted = False

    @property
    def rows(self) -> int:
        """So far, the header apart."""
        return max(0, self._lines - 1)

    def pass_by(self, piece: bytes) -> None:
        """Look at the next piece: a line ends where its break is not inside quotes."""
        for n, part in enumerate(piece.split(b'"')):
            if n:
                self._is_quoted = not self._is_quoted
            if not self._is_quoted:
                self._lines += part.count(b"\n")


def rows_of(path: Path, kind: str) -> int | None:
    """How many rows a finished file holds; None where this installation cannot tell."""
    if kind == "xlsx":
        return _xlsx_rows(path)
    if kind == "parquet" and find_spec("pyarrow") is not None:
        from pyarrow.parquet import read_metadata  # noqa: PLC0415 - of the extra `export`

        return int(read_metadata(path).num_rows)
    return None


def _xlsx_rows(path: Path) -> int:
    with ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        return sum(_sheet_rows(archive, name) - 1 for name in sheets)


def _sheet_rows(archive: ZipFile, name: str) -> int:
    rows, end = 0, b""
    with archive.open(name) as sheet:
        while piece := sheet.read(_PIECE):
            rows += (end + piece).count(_ROW)
            end = piece[1 - len(_ROW) :]
    return rows
