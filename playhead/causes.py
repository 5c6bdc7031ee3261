"""The cause of a store's failure, in full for the log and without secrets for everyone else.

The message of a driver may contain addresses, users, and parts of a URL that it could not parse. It belongs
in the log of the service; clients, health checks and terminals get the kind of failure.
"""

from __future__ import annotations

from typing import Protocol


class NamedFailure(Protocol):
    """An error of Kafka's client about a topic or a record: a number with a name, not an exception."""

    def name(self) -> str:
        """The name, such as `UNKNOWN_TOPIC_OR_PART`."""
        ...


def cause_of(error: BaseException | NamedFailure) -> str:
    """The kind of a store's error, such as `OperationalError` or Kafka's `_TRANSPORT`; never its message."""
    carried = error.args[:1] if isinstance(error, BaseException) else ()
    for each in (error, *carried):
        name = getattr(each, "name", None)
        if callable(name):  # Kafka's errors are numbers with names
            return str(name())
    state = getattr(error, "sqlstate", None)
    return f"{type(error).__name__}, SQLSTATE {state}" if state else type(error).__name__


def in_full(error: BaseException) -> str:
    """An error with the message of the driver's error that caused it; for the log."""
    return f"{error} ({error.__cause__})" if error.__cause__ else str(error)
