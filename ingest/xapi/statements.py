"""Statements as they are sent, as far as they are read; what else they hold is accepted and passed over."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Raw, Struct

from playhead.http.bodies import fault_of

Iri = Annotated[str, Meta(min_length=1, max_length=2_000, pattern=r"^[A-Za-z][A-Za-z0-9+.\-]*:")]
Extensions = dict[str, Any]


class StatementsError(ValueError):
    """Statements that cannot be accepted, and so none of their request.

    StatementsError
    ├── MalformedStatementsError   they are not JSON
    └── StatementError             names the statement and the field at fault
    """


class MalformedStatementsError(StatementsError):
    """The body is not JSON, or neither a statement nor a list of them."""


class StatementError(StatementsError):
    """A field of a statement is at fault; `index` is its place in the request, from 0."""

    def __init__(self, field: str | None, reason: str, index: int = 0) -> None:
        self.index = index
        self.reason = reason
        self.field = f"[{index}]" if field is None else f"[{index}].{field}"
        super().__init__(f"{self.field}: {reason}")

    def at(self, index: int) -> StatementError:
        """The same of the statement at another place."""
        return StatementError(
            self.field.removeprefix(f"[{self.index}]").lstrip(".") or None, self.reason, index
        )


class ActorAccount(Struct, frozen=True, rename="camel"):
    """A person's account on some system."""

    home_page: Iri
    name: Annotated[str, Meta(min_length=1, max_length=1_000)]


class StatementActor(Struct, frozen=True, kw_only=True, rename={"object_type": "objectType"}):
    """Who did it, by exactly one identifier; a group may have none."""

    object_type: str = "Agent"
    mbox: Annotated[str, Meta(pattern=r"^mailto:.+@.+$", max_length=1_000)] | None = None
    mbox_sha1sum: Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{40}$")] | None = None
    openid: Iri | None = None
    account: ActorAccount | None = None

    @property
    def identifiers(self) -> list[str]:
        """The names of the identifiers given."""
        given = {
            "mbox": self.mbox,
            "mbox_sha1sum": self.mbox_sha1sum,
            "openid": self.openid,
            "account": self.account,
        }
        return [name for name, value in given.items() if value is not None]


class StatementVerb(Struct, frozen=True):
    """What was done."""

    id: Iri


class ActivityDefinition(Struct, frozen=True):
    """What a system says of an activity."""

    type: Iri | None = None
    extensions: Extensions | None = None


class StatementObject(Struct, frozen=True, kw_only=True, rename={"object_type": "objectType"}):
    """What it was done to: an activity; agents, statements and sub-statements are passed over."""

    object_type: str = "Activity"
    id: str | None = None
    definition: ActivityDefinition | None = None


class StatementResult(Struct, frozen=True):
    """What came of it."""

    completion: bool | None = None
    success: bool | None = None
    extensions: Extensions | None = None


class ContextActivities(Struct, frozen=True):
    """Activities that the statement is related to."""

    category: list[StatementObject] | StatementObject | None = None


class StatementContext(Struct, frozen=True, rename={"activities": "contextActivities"}):
    """In which circumstances."""

    registration: UUID | None = None
    activities: ContextActivities | None = None
    extensions: Extensions | None = None


class Statement(Struct, frozen=True, kw_only=True):
    """One statement."""

    actor: StatementActor
    verb: StatementVerb
    object: StatementObject
    id: UUID | None = None
    result: StatementResult | None = None
    context: StatementContext | None = None
    timestamp: str | None = None


_decode_actor = msgspec.json.Decoder(StatementActor).decode
_decode_one = msgspec.json.Decoder(Statement).decode
_decode_list = msgspec.json.Decoder(list[Raw]).decode


def decode_statements(raw: bytes) -> list[tuple[Statement, Raw]]:
    """The statements of a body, which is one or a list of them, each with its bytes.

    Raises:
        MalformedStatementsError: it is not JSON.
        StatementError: names the first statement at fault, and its field.
    """
    try:
        each = _decode_list(raw) if raw.lstrip()[:1] == b"[" else [Raw(raw)]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedStatementsError(f"the body is not a list of statements: {error}") from error
    return [(_decoded(part, index), part) for index, part in enumerate(each)]


def decode_actor(text: str) -> StatementActor:
    """An agent as a query names it.

    Raises:
        StatementError: it is none.
    """
    try:
        actor = _decode_actor(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise StatementError(None, f"is not an agent in JSON: {error}") from error
    _require_one_identifier(actor, 0)
    return actor


def _decoded(raw: Raw, index: int) -> Statement:
    try:
        statement = _decode_one(raw)
    except msgspec.ValidationError as error:
        raise StatementError(*fault_of(error), index) from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedStatementsError(f"statement {index} is not JSON: {error}") from error
    _require_one_identifier(statement.actor, index)
    if statement.object.object_type == "Activity" and not statement.object.id:
        raise StatementError("object.id", "is required of an activity", index)
    return statement


def _require_one_identifier(actor: StatementActor, index: int) -> None:
    given = actor.identifiers
    if len(given) > 1:
        raise StatementError(
            "actor", f"has several identifiers, {', '.join(given)}: it has exactly one", index
        )
    if not given and actor.object_type != "Group":
        raise StatementError("actor", "has no identifier: account, mbox, mbox_sha1sum or openid", index)
