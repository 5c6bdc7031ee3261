"""Logs: one line per event on standard error, as text in development and as JSON in production."""

from __future__ import annotations

import logging
import logging.config
import sys
import time
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import msgspec

from playhead.audit_trail import events as audit
from playhead.settings import Settings
from playhead.settings.secret_files import SecretFile
from playhead.settings.stores import secret_files_of, secrets_of
from playhead.tracing.context import log_fields

_log = logging.getLogger(__name__)

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class _Redacting(logging.Formatter):
    """Removes secrets from every line, whichever library wrote them."""

    def __init__(
        self,
        *args: Any,
        secrets: Collection[str] = (),
        files: Collection[SecretFile] = (),
        **named: Any,
    ) -> None:
        super().__init__(*args, **named)
        self.converter = time.gmtime
        self._secrets = frozenset(secrets)
        self._files = files
        self._known = -1
        self._hidden: list[str] = []

    def redacted(self, line: str) -> str:
        """The line with asterisks instead of secrets, those that files have had since the start, too."""
        known = sum(len(each.seen) for each in self._files)
        if known != self._known:
            self._hidden = _verbatim_and_escaped(self._secrets.union(*(each.seen for each in self._files)))
            self._known = known
        for each in self._hidden:
            line = line.replace(each, "***")
        return line


def _verbatim_and_escaped(secrets: Collection[str]) -> list[str]:
    """As they are and as JSON escapes them, the longest first: one may be a part of another."""
    found = {*secrets, *(msgspec.json.encode(each).decode()[1:-1] for each in secrets)}
    return sorted(found, key=len, reverse=True)


class JsonFormatter(_Redacting):
    """Formats a record as JSON: time (RFC 3339 UTC), level, logger, message and the members of `extra`.

    Within a request, also `request_id`, and `trace_id` and `span_id` if it is sampled.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line, including tracebacks."""
        line: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= log_fields()
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return self.redacted(msgspec.json.encode(line, enc_hook=str).decode())


class PlainFormatter(_Redacting):
    """Formats a record for a terminal, with the time as in JSON."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        """Several lines if there is a traceback."""
        return self.redacted(super().format(record))


def _time(record: logging.LogRecord) -> str:
    instant = datetime.fromtimestamp(record.created, UTC)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _StandardError(logging.Handler):
    """Writes to the current standard error, which a test may have replaced."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        sys.stderr.write(f"{self.format(record)}\n")


def show_audit_trail() -> None:
    """Write audit events to standard error; for a command, which logs nothing else."""
    log = logging.getLogger(audit.LOGGER)
    if not log.handlers:
        handler = _StandardError()
        handler.setFormatter(JsonFormatter())
        log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False


def configure(settings: Settings) -> None:
    """Configure the logging of the process; called once, in a composition root."""
    formatter = "json" if settings.environment == "production" else "plain"
    hidden = {"secrets": secrets_of(settings), "files": secret_files_of(settings)}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {"()": JsonFormatter, **hidden},
                "plain": {
                    "()": PlainFormatter,
                    **hidden,
                    "format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s",
                },
            },
            "handlers": {
                "stderr": {"class": "logging.StreamHandler", "formatter": formatter},
                "audit": {"class": "logging.StreamHandler", "formatter": "json"},
            },
            "root": {"level": settings.log_level.upper(), "handlers": ["stderr"]},
            "loggers": {
                # httpx logs every request at INFO.
                "httpx": {"level": "WARNING"},
                "httpcore": {"level": "WARNING"},
                # What they log at INFO, the processor says itself: assignments, start and stop.
                "faust": {"level": "WARNING"},
                "mode": {"level": "WARNING"},
                "aiokafka": {"level": "WARNING"},
                # The exporter would log each attempt while the collector is away; it logs that it gave up.
                "opentelemetry": {"level": "ERROR"},
                # The audit trail is always JSON, and independent of the log level.
                audit.LOGGER: {"level": "INFO", "handlers": ["audit"], "propagate": False},
            },
        }
    )
    if settings.environment == "development":
        _log.warning(
            "PLAYHEAD_ENVIRONMENT is development: the published secret may sign tokens; for one "
            "developer's machine only"
        )
