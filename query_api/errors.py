"""Errors below the routes; `query_api.http.problems` maps them to HTTP problems.

ReaderError                 a store gives no answer
├── NotHeldError            it does not hold the person; the durable store does, if any
└── UnavailableError        it is away or too slow: try again later
RequestError                a request is refused
├── InvalidRequestError     a parameter or the body is wrong
├── ForbiddenError          the token's roles, or the directory, do not permit it
├── NotFoundError           it names what does not exist
├── LimitReachedError       the person or the organisation has used its share
├── BusyError               the service is at a limit of its own
└── UnsupportedError        this installation lacks what it needs
"""

from __future__ import annotations

from typing import Literal

StoreName = Literal["redis", "postgres"]


class ReaderError(Exception):
    """A store gives no answer."""

    def __init__(self, source: StoreName, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class NotHeldError(ReaderError):
    """The store has no entry for the person, which does not mean that there is no progress."""


class UnavailableError(ReaderError):
    """The store is away, or too slow."""


class RequestError(Exception):
    """A request is refused."""

    def __init__(
        self, title: str, detail: str, *, field: str | None = None, retry_seconds: int | None = None
    ) -> None:
        """Describe the refusal.

        Args:
            title: The same for every refusal of this kind.
            detail: What is wrong this time, and what to do about it.
            field: The parameter at fault.
            retry_seconds: When a repeated request may succeed.
        """
        super().__init__(detail)
        self.title = title
        self.detail = detail
        self.field = field
        self.retry_seconds = retry_seconds


class InvalidRequestError(RequestError):
    """A parameter or the body is wrong; `detail` says what is wrong with `field`."""

    def __init__(self, field: str, detail: str, title: str = "Invalid request") -> None:
        super().__init__(title, detail, field=field)


class ForbiddenError(RequestError):
    """The principal may not do or see this."""


class NotFoundError(RequestError):
    """What the request names does not exist."""


class LimitReachedError(RequestError):
    """The person or the organisation has used its share."""


class BusyError(RequestError):
    """The service is at a limit of its own, or something that it needs is away."""


class UnsupportedError(RequestError):
    """This installation lacks what the request needs."""
