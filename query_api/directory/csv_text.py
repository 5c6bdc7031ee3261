"""The text of a CSV file: UTF-8, cells in lines, and columns that may be spelt in several ways. Pure.

Errors are `Problem`s that name the line, or the columns at fault.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from playhead.http.problems import FieldError, Problem

_DELIMITERS = ",;\t"
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)


def delimiter_of(text: str) -> str:
    """The delimiter: the one that the first line has most of."""
    return max(_DELIMITERS, key=text.partition("\n")[0].count)


def number_of(cell: str, *, decimal_comma: bool) -> float | None:
    """The number in a cell; None if it holds none."""
    written = cell.replace(",", ".") if decimal_comma else cell
    if _NUMBER.fullmatch(written) and math.isfinite(number := float(written)):
        return int(number) if number.is_integer() else number
    return None


def named_columns(header: list[str], known: Sequence[str]) -> list[str]:
    """The header in the spelling of `known`.

    Raises:
        Problem: a column is not known, or occurs twice.
    """
    names = {_plain(name): name for name in known}
    unknown = [cell for cell in header if _plain(cell) not in names]
    if unknown:
        detail = f"line 1: no such column: {', '.join(map(repr, unknown))}; there are {', '.join(known)}"
        raise csv_problem("unknown-column", detail, unknown)
    columns = [names[_plain(cell)] for cell in header]
    repeated = sorted(name for name, times in Counter(columns).items() if times > 1)
    if repeated:
        detail = f"line 1: more than one column {', '.join(repeated)}"
        raise csv_problem("repeated-column", detail, repeated)
    return columns


def csv_problem(code: str, detail: str, columns: Sequence[str] = ()) -> Problem:
    """The problem; its errors name the line, unless that is the header, and the columns at fault."""
    line, _, reason = detail.partition(": ")
    places = columns if columns and line == "line 1" else (line, *columns)
    errors = [FieldError(place, reason) for place in places]
    return Problem(422, "Invalid CSV file", detail, slug=f"csv-{code}", errors=errors)


def decode_text(raw: bytes) -> str:
    """The text of a file, without a byte order mark."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise csv_problem(
            "encoding", f"line {line}: this is not UTF-8; save the file as CSV UTF-8"
        ) from error


def lines_of(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Cells, and the number of the line that they begin in; skips empty lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begin = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begin, cells
            begin = reader.line_num + 1
    except csv.Error as error:
        raise csv_problem("quotes", f"line {begin}: {error}; check the quotation marks") from error


def _plain(cell: str) -> str:
    return re.sub(r"[ _\-\t\r]", "", cell.lower())
