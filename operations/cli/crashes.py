"""A crash in production is one line of the log, with its traceback, as everything else that goes wrong is."""

from __future__ import annotations

import logging
import sys
import threading
from typing import Any

import typer
from pydantic import ValidationError

from operations.cli.failures import FAILED
from playhead.http.logs import JsonFormatter
from playhead.settings import Settings

LOGGER = "playhead.crash"


class Application(typer.Typer):
    """Commands whose unexpected failures are JSON lines in production, and shown for a person elsewhere."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command that the arguments name; exits with 1 after a crash."""
        if not _is_production():
            return super().__call__(*args, **kwargs)
        threading.excepthook = _thread_crashed
        try:
            return super().__call__(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the outermost frame, where the process ends
            _tell("the process ends: an unexpected failure", error)
            sys.exit(FAILED)


def _is_production() -> bool:
    try:
        return Settings().environment == "production"
    except ValidationError:  # the command itself says what is wrong with it
        return True


def _thread_crashed(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None:
        name = "a thread" if told.thread is None else f"thread {told.thread.name}"
        _tell(f"{name} ended", told.exc_value)


def _tell(message: str, error: BaseException) -> None:
    # Not through the loggers: they may not be configured yet, or be what failed.
    caught = (type(error), error, error.__traceback__)
    record = logging.LogRecord(LOGGER, logging.CRITICAL, __file__, 0, message, None, caught)
    sys.stderr.write(JsonFormatter().format(record) + "\n")
    sys.stderr.flush()
