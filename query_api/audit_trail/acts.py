"""Which requests are privileged acts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, get_args
from uuid import UUID

from playhead.audit_trail.events import Act, AuditOutcome
from playhead.progress.identifiers import UserId
from query_api.exports.formats import FileKind

_DIRECTORY = "/api/directory"
_FILES = frozenset(get_args(FileKind))
_FIRST_ERROR = 400
_FIRST_FAULT_OF_OURS = 500
_REFUSALS = frozenset({403, 404})


class Privileged(NamedTuple):
    """An act, and the person that it is about; None where it is about no one person."""

    act: Act
    subject: UserId | None


def act_of(
    method: str, route: str, path: Mapping[str, object], query: Mapping[str, str], actor: UserId
) -> Privileged | None:
    """The privileged act that a request is; None if it is none.

    Args:
        method: In capitals.
        route: The template of the route.
        path: The parameters in the path, by their names in the template.
        query: The query parameters.
        actor: The person that the request speaks for.
    """
    subject = _named(path.get("userId") or query.get("userId"))
    if method == "PUT" and route.startswith(_DIRECTORY):
        return Privileged("directory", None)
    if method != "GET":
        return None
    if query.get("format") in _FILES:
        return Privileged("export", subject)
    return None if subject in {None, actor} else Privileged("read", subject)


def outcome_of(status: int) -> AuditOutcome | None:
    """The outcome of an act by the status of the answer; None for an invalid request, which was no act."""
    if status < _FIRST_ERROR:
        return "done"
    if status >= _FIRST_FAULT_OF_OURS:
        return "failed"
    return "refused" if status in _REFUSALS else None


def _named(given: object) -> UserId | None:
    try:
        return UserId(str(UUID(str(given))))
    except ValueError:
        return None
