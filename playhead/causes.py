"""What may be said of a store's failure, and to whom.

A driver's text may hold addresses, users, and parts of a URL that it could not read. It belongs in the
service's own log; clients, probes and terminals get the kind of failure.
"""

from __future__ import annotations

from typing import Protocol


class NamedFailure(Protocol):
    """What Kafka's client says of a topic or a record: a number with a name, and no exception."""

    def name(self) -> str:
        """Such as `UNKNOWN_TOPIC_OR_PART`."""
        ...


def cause_of(error: BaseException | NamedFailure) -> str:
    """The kind of a store's error, such as `OperationalError` or Kafka's `_TRANSPORT`; never its text."""
    carried = error.args[:1] if isinstance(error, BaseException) else ()
    for each in (error, *carried):
        name = getattr(each, "name", None)
        if callable(name):  # Kafka's errors are numbers with names
            return str(name())
    state = getattr(error, "sqlstate", None)
    return f"{type(error).__name__}, SQLSTATE {state}" if state else type(error).__name__


def in_full(error: BaseException) -> str:
    """An error of ours with the text of the driver's that caused it: for the log."""
    return f"{error} ({error.__cause__})" if error.__cause__ else str(error)
