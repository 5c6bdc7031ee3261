"""Expected failures are a message and an exit code; a crash in production is a line of JSON."""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer
from pydantic import ValidationError

from playhead.http.logs import JsonFormatter
from playhead.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILED = 1
MISCONFIGURED = 2
CRASH_LOGGER = "playhead.crash"


@contextmanager
def explained(*expected: type[Exception], misuse: type[Exception] | tuple[()] = ()) -> Iterator[None]:
    """Print an expected failure, whose message names the way out, and exit.

    The exit code is 2 for a wrong setting and for `misuse` of the command, else 1.
    """
    try:
        yield
    except ValidationError as error:
        raise failed(describe(error), MISCONFIGURED) from error
    except misuse as error:
        raise failed(error, MISCONFIGURED) from error
    except expected as error:
        raise failed(error) from error


def failed(message: object, code: int = FAILED) -> typer.Exit:
    """Print a message on the error output; the exception that ends the command."""
    print(message, file=sys.stderr)
    return typer.Exit(code)


def describe(error: ValidationError) -> str:
    """Name each variable that is wrong, and why."""
    return "\n".join(_sentence(each["loc"], each["msg"]) for each in error.errors())


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    if not location:  # a rule about several variables names them itself
        return message.removeprefix("Value error, ")
    return f"PLAYHEAD_{str(location[0]).upper()}: {message}"


class Application(typer.Typer):
    """Commands whose unexpected failures are logged as JSON in production, and shown by Typer elsewhere."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command that the arguments name; exits with 1 after a crash."""
        if not _is_production():
            return super().__call__(*args, **kwargs)
        threading.excepthook = _log_thread_crash
        try:
            return super().__call__(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the outermost frame, where the process ends
            _log_crash("the process ends: an unexpected failure", error)
            sys.exit(FAILED)


def _is_production() -> bool:
    try:
        return Settings().environment == "production"
    except ValidationError:  # the command itself names the wrong setting
        return True


def _log_thread_crash(crash: threading.ExceptHookArgs) -> None:
    if crash.exc_value is not None:
        name = "a thread" if crash.thread is None else f"thread {crash.thread.name}"
        _log_crash(f"{name} ended", crash.exc_value)


def _log_crash(message: str, error: BaseException) -> None:
    # Not through the loggers: they may not be configured yet, or be what failed.
    caught = (type(error), error, error.__traceback__)
    record = logging.LogRecord(CRASH_LOGGER, logging.CRITICAL, __file__, 0, message, None, caught)
    sys.stderr.write(JsonFormatter().format(record) + "\n")
    sys.stderr.flush()
