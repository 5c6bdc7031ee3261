"""The endpoints: a request's statements are all in the log, or none is taken.

A person's token reports for that person alone, whoever the actors are; an administrator's reports for the
people that the actors name.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from msgspec import Raw
from msgspec.structs import replace
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ingest import metrics
from ingest.admission import Admission, TooManyItemsError
from ingest.hot_route import ProblemOf
from ingest.items import ItemsAwayError, ItemsInRedis
from ingest.log import SavingLog
from ingest.lrs import protocol
from ingest.lrs.known import ConflictError, KnownStatements, digest
from ingest.lrs.resume import KEPT_NOWHERE, QUERY, actor_of, paused_statement
from ingest.refusals import REFUSED
from ingest.xapi import values
from ingest.xapi import vocabulary as xapi
from ingest.xapi.statements import (
    MalformedStatementsError,
    Statement,
    StatementError,
    StatementsError,
    decode_statements,
)
from ingest.xapi.translate import StatementSender, translate_statement
from playhead.http.bodies import read_limited
from playhead.http.problems import Problem, problem_response
from playhead.identity import Principal
from playhead.identity.scopes import is_admin
from playhead.progress.identifiers import Instant, TenantId, UserId
from playhead.wire.heartbeats import HeartbeatRecord
from playhead.wire.progress import decode_progress

MAX_BODY_BYTES = 4 * 1024 * 1024
MAX_STATEMENTS = 500
BODY_SECONDS = 30.0
"""For a whole body of a server; a player sends one statement."""
CONSISTENT = timedelta(minutes=1)
"""What was accepted this long ago is answered from, unless the processor is behind."""


class _Accepted(NamedTuple):
    ids: list[UUID]
    records: list[HeartbeatRecord]
    digests: dict[UUID, bytes]


class StatementEndpoints:
    """`statements` and `about`, under each of `protocol.PREFIXES`."""

    def __init__(
        self,
        admission: Admission,
        items: ItemsInRedis,
        log: SavingLog,
        known: KnownStatements,
        refuse: ProblemOf,
    ) -> None:
        self._admission = admission
        self._items = items
        self._log = log
        self._known = known
        self._refuse = refuse

    def routes(self) -> list[BaseRoute]:
        """The routes of all paths."""
        methods = ["GET", "HEAD", "POST", "PUT"]
        return [
            route
            for prefix in protocol.PREFIXES
            for route in (
                Route(f"{prefix}/statements", self.statements, methods=methods),
                Route(f"{prefix}/about", self.about, methods=["GET", "HEAD"]),
            )
        ]

    async def about(self, request: Request) -> Response:
        """`GET /xAPI/about`: the supported versions; to a client of version 1, those of version 1.

        Clients of version 1, TinCan's among them, fail on a list with a version that they do not know.
        """
        asked = protocol.header(request.scope, protocol.VERSION_HEADER) or ""
        spoken = [each for each in protocol.VERSIONS if not asked.startswith("1.") or each.startswith("1.")]
        return protocol.answer(200, {"version": spoken}, spoken[-1])

    async def statements(self, request: Request) -> Response:
        """`POST`, `PUT` or `GET /xAPI/statements`."""
        answer = {"POST": self._post, "PUT": self._put}.get(request.method, self._get)
        version = protocol.VERSIONS[-1]
        try:
            version = protocol.version_of(request.scope)
            return await answer(request, version)
        except (*REFUSED, Problem, StatementsError, ConflictError, ItemsAwayError) as error:
            response = problem_response(self._problem(request, error))
        except ClientDisconnect:
            response = Response(status_code=400)  # never received
        response.headers[protocol.VERSION_HEADER] = version
        return response

    async def _post(self, request: Request, version: str) -> Response:
        principal = await self._admission.admit_sender(request.scope, "write")
        protocol.require_json(request.scope)
        protocol.parameters(request.scope, ())
        accepted = await self._save(principal, await read_limited(request, MAX_BODY_BYTES, BODY_SECONDS))
        return protocol.answer(200, [str(each) for each in accepted.ids], version)

    async def _put(self, request: Request, version: str) -> Response:
        principal = await self._admission.admit_sender(request.scope, "write")
        protocol.require_json(request.scope)
        query = protocol.parameters(request.scope, ("statementId",))
        if "statementId" not in query:
            raise protocol.ProtocolError("statementId", "is required: the id of the statement")
        wanted = protocol.statement_id(query["statementId"], "statementId")
        body = await read_limited(request, MAX_BODY_BYTES, BODY_SECONDS)
        await self._save(principal, body, wanted)
        return protocol.answer(204, None, version)

    async def _save(self, principal: Principal, body: bytes, wanted: UUID | None = None) -> _Accepted:
        began = time.perf_counter()
        statements = decode_statements(body)
        if wanted is not None:
            statements = [_with_id(statements, wanted)]
        if len(statements) > MAX_STATEMENTS:
            detail = f"{len(statements)} statements; a request may have {MAX_STATEMENTS}"
            raise Problem(413, "Too many statements", detail)
        accepted = self._translated(principal, statements)
        if not is_admin(principal):
            await self._require_room(principal, accepted.records)
        known = await self._known.known(principal.tenant_id, accepted.digests)
        new = [each for each in accepted.records if UUID(each.heartbeat_id) not in known]
        await self._log.publish(principal, new)
        await self._known.remember(principal.tenant_id, accepted.digests)
        metrics.STATEMENTS.labels("playing").inc(len(accepted.records))
        metrics.STATEMENTS.labels("other").inc(len(statements) - len(accepted.records))
        metrics.SAVE_SECONDS.observe(time.perf_counter() - began)
        return accepted

    def _translated(self, principal: Principal, statements: Sequence[tuple[Statement, Raw]]) -> _Accepted:
        received_at = Instant(time.time_ns() // 1_000_000)
        tenant, aliases = principal.tenant_id, self._admission.aliases
        sender = StatementSender(tenant, None if is_admin(principal) else principal.user_id)
        accepted = _Accepted([], [], {})
        for index, (statement, raw) in enumerate(statements):
            each = statement.id or uuid4()
            try:
                record = translate_statement(statement, sender, received_at, each)
            except StatementError as error:
                raise error.at(index) from error
            if statement.id is not None:
                if each in accepted.digests:
                    raise StatementError("id", "is that of an earlier statement of the request", index)
                accepted.digests[each] = digest(bytes(raw))
            accepted.ids.append(each)
            if record is not None:
                accepted.records.append(replace(record, user_id=aliases.user(tenant, record.user_id)))
        return accepted

    async def _require_room(self, principal: Principal, records: Sequence[HeartbeatRecord]) -> None:
        """Charge a person's statements against the limits of that person, as their heartbeats are."""
        if records:
            self._admission.charge(principal, len(records))
        items = [each.content_id for each in records]
        if self._items.is_over(principal) and await self._items.new_of(principal, items):
            raise TooManyItemsError

    async def _get(self, request: Request, version: str) -> Response:
        principal = await self._admission.admit_sender(request.scope, "read")
        query = protocol.parameters(request.scope, (*QUERY, *KEPT_NOWHERE))
        for name in ("statementId", "voidedStatementId"):
            if name in query:
                protocol.statement_id(query[name], name)
                raise Problem(404, "Not found", "no statements are kept here, only what they say of progress")
        user = self._subject(principal, query.get("agent"), actor_of(query))
        found = await self._answered(principal.tenant_id, user, query)
        consistent = datetime.now(UTC) - CONSISTENT
        return protocol.answer(
            200,
            {"statements": found, "more": ""},
            version,
            X_Experience_API_Consistent_Through=consistent.isoformat(timespec="milliseconds"),
        )

    def _subject(self, principal: Principal, agent: str | None, actor: Any) -> UserId | None:
        if not is_admin(principal):
            return principal.user_id
        user = None if agent is None else values.person(principal.tenant_id, actor)
        return None if user is None else self._admission.aliases.user(principal.tenant_id, user)

    async def _answered(self, tenant: TenantId, user: UserId | None, query: Any) -> list[dict[str, Any]]:
        activity = query.get("activity")
        if user is None or not activity or query.get("verb", xapi.PAUSED) != xapi.PAUSED:
            return []
        held = await self._items.progress(Principal(tenant, user), values.item(tenant, activity))
        if held is None:
            return []
        found = paused_statement(decode_progress(held), activity, query, tenant, user)
        return [] if found is None else [found]

    def _problem(self, request: Request, error: Exception) -> Problem:
        match error:
            case StatementError(field=field, reason=reason):
                found = Problem(400, "Invalid statement", reason, field=field)
            case MalformedStatementsError():
                found = Problem(400, "Malformed JSON", str(error))
            case ConflictError():
                found = Problem(409, "Conflict", str(error))
            case ItemsAwayError():
                found = Problem(503, "Not available", str(error), headers={"Retry-After": "2"})
            case _ if isinstance(error, REFUSED):
                return self._refuse(request.scope, error)
            case Problem():
                found = error
            case _:
                raise error
        metrics.reject("malformed" if isinstance(error, MalformedStatementsError) else "invalid")
        return found


def _with_id(statements: Sequence[tuple[Statement, Raw]], wanted: UUID) -> tuple[Statement, Raw]:
    """The one statement of a `PUT`, with the id of its address."""
    if len(statements) != 1:
        raise Problem(400, "Invalid statement", "PUT takes one statement, not a list")
    [(statement, raw)] = statements
    if statement.id not in (None, wanted):
        raise StatementError("id", "is not the statementId of the address")
    return replace(statement, id=wanted), raw
