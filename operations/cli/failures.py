"""Expected failures end a command with a message and an exit code, not with a traceback."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from pydantic import ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILED = 1
MISCONFIGURED = 2


@contextmanager
def explained(*expected: type[Exception]) -> Iterator[None]:
    """Print an expected failure, whose message names the way out, and exit; 2 for a wrong setting, else 1."""
    try:
        yield
    except ValidationError as error:
        print(describe(error), file=sys.stderr)
        raise typer.Exit(MISCONFIGURED) from error
    except expected as error:
        print(error, file=sys.stderr)
        raise typer.Exit(FAILED) from error


def describe(error: ValidationError) -> str:
    """Name each variable that is wrong, and why."""
    return "\n".join(_sentence(each["loc"], each["msg"]) for each in error.errors())


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    if not location:  # a rule about several variables names them itself
        return message.removeprefix("Value error, ")
    return f"PLAYHEAD_{str(location[0]).upper()}: {message}"
