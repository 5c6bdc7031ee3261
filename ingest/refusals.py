"""Refusals: the problem that each failure to save is answered with, and the reason it is counted under.

A player may drop a heartbeat after 400, 413, 415 and 422, which no retry can resolve, and keeps it otherwise.
"""

from __future__ import annotations

import math

from ingest.admission import OtherPersonError, TooManyItemsError, TooManyRequestsError
from ingest.bodies import InvalidBodyError, MalformedBodyError
from ingest.metrics import RefusalReason
from ingest.on_behalf import DirectoryAwayError, SubjectError, UnknownSubjectError
from ingest.translate import UntranslatableError
from playhead.http.bodies import BodyTooLargeError, BodyTooSlowError
from playhead.http.problems import Problem, of_identity, of_scope
from playhead.http.shares import ShareUsedUpError
from playhead.identity import IdentityError, KeysUnavailableError, ScopeTooSmallError
from playhead.kafka.errors import (
    PublishError,
    QueueFullError,
    RecordRefusedError,
    RepartitioningError,
)

RETRY_SECONDS = 2
"""While the broker is unavailable. Players add their own jitter."""
REPARTITION_RETRY_SECONDS = 5
"""A repartition keeps saves waiting for some fifteen seconds."""
SHARE_RETRY_SECONDS = 1
"""The broker normally acknowledges within milliseconds; a share is used up only while it is slow."""


class UnsupportedMediaTypeError(Exception):
    """The body is neither JSON nor a beacon's text, or is compressed."""


REFUSED = (
    IdentityError,
    ScopeTooSmallError,
    OtherPersonError,
    TooManyRequestsError,
    ShareUsedUpError,
    BodyTooLargeError,
    BodyTooSlowError,
    UnsupportedMediaTypeError,
    MalformedBodyError,
    InvalidBodyError,
    UntranslatableError,
    SubjectError,
    PublishError,
)
"""The errors that `refusal` maps."""


def refusal(error: Exception) -> tuple[Problem, RefusalReason]:  # noqa: C901, PLR0911, PLR0912 - a table, one return a row
    """The problem that describes the error, and the reason to count it under."""
    match error:
        case IdentityError():
            away = isinstance(error, KeysUnavailableError)
            return of_identity(error), "keys_unavailable" if away else "unidentified"
        case ScopeTooSmallError():
            return of_scope(error), "forbidden"
        case OtherPersonError():
            return Problem(403, "Not yours to change", str(error), field="userId"), "forbidden"
        case TooManyRequestsError(wait_seconds=wait):
            limit: RefusalReason = "quota" if isinstance(error, TooManyItemsError) else "rate"
            return Problem(429, "Too many requests", str(error), headers=_retry(math.ceil(wait))), limit
        case BodyTooLargeError():
            return error, "too_large"
        case BodyTooSlowError():
            return error, "too_slow"
        case ShareUsedUpError():
            detail = f"too many heartbeats await the log: {error}; keep the heartbeats and try again"
            return Problem(429, "Too many requests", detail, headers=_retry(SHARE_RETRY_SECONDS)), "rate"
        case UnsupportedMediaTypeError():
            return Problem(415, "Unsupported media type", str(error)), "media_type"
        case MalformedBodyError():
            return Problem(400, "Malformed JSON", str(error)), "malformed"
        case InvalidBodyError(field=field, reason=reason) | UntranslatableError(field=field, reason=reason):
            return Problem(422, "Invalid heartbeat", reason, slug="invalid", field=field), "invalid"
        case SubjectError():
            return _of_subject(error)
        case RecordRefusedError():
            return Problem(413, "Heartbeat too large", str(error)), "too_large"
        case QueueFullError():
            return _unavailable("too many heartbeats await the log", seconds=1), "in_flight"
        case RepartitioningError():
            detail = "the log is given more partitions"
            return _unavailable(detail, seconds=REPARTITION_RETRY_SECONDS), "repartition"
        case _:
            return _unavailable("the log did not acknowledge in time"), "broker"


def _of_subject(error: SubjectError) -> tuple[Problem, RefusalReason]:
    if isinstance(error, DirectoryAwayError):
        detail = f"{error}; nothing is saved on behalf of others, try again"
        return Problem(503, "Not saved", detail, headers=_retry(RETRY_SECONDS)), "directory"
    if isinstance(error, UnknownSubjectError):
        return Problem(404, "Not found", str(error), field="userId"), "forbidden"
    return Problem(403, "Not yours to change", str(error), field="userId"), "forbidden"


def _unavailable(detail: str, *, seconds: int = RETRY_SECONDS) -> Problem:
    # The log and /readyz say what is wrong with the broker; the player only has to keep the heartbeat.
    return Problem(503, "Not saved", f"{detail}; keep the heartbeat and try again", headers=_retry(seconds))


def _retry(seconds: int) -> dict[str, str]:
    return {"Retry-After": str(seconds)}
