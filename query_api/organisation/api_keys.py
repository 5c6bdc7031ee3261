"""The API keys of an organisation: created, listed and revoked by its administrators."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from msgspec import Meta
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from playhead.api_keys import statements
from playhead.api_keys.statements import KeyRow, TooManyKeysError
from playhead.audit_trail import events as audit
from playhead.audit_trail.events import AuditEvent
from playhead.identity.api_keys import ApiKey, KeyId, KeyScope, actor_of
from playhead.progress.identifiers import TenantId
from query_api.access.erasure import refuse_erased
from query_api.access.scopes import not_found
from query_api.errors import LimitReachedError
from query_api.models import Body, Id, Time
from query_api.postgres import Connection, Database
from query_api.views import rfc3339


class ApiKeyBody(BaseModel):
    """A new key."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)

    name: str = Field(
        min_length=1,
        max_length=statements.MOST_NAME,
        description="Which server has it, for people who read the list.",
        examples=["Moodle"],
    )
    scopes: list[KeyScope] = Field(
        min_length=1,
        max_length=3,
        description="`write` saves for the organisation's learners, `read` reads their progress and the "
        "reports, `directory` reads and writes the directory.",
    )


class ApiKeyShown(Body, frozen=True):
    """A key, without its secret."""

    key_id: Annotated[str, Meta(examples=["pk_AZAAAAAAcACAAAAAAAAAAQECAwQFBgcI"])]
    name: str
    scopes: list[KeyScope]
    actor_id: Annotated[
        Id, Meta(description="The id that the audit trail has of what the key did; it is no person's.")
    ]
    created_at: Time
    created_by: Annotated[Id | None, Meta(description="Null for an operator, by `playhead keys create`.")]
    last_used_at: Annotated[Time | None, Meta(description="To about a minute; null for never.")]
    revoked_at: Annotated[Time | None, Meta(description="Null for a key that may be used.")]


class ApiKeyCreated(ApiKeyShown, frozen=True):
    """A new key. Its secret is in this answer, and nowhere else afterwards."""

    secret: Annotated[str, Meta(description="The password for Basic, with `keyId` as the user.")]
    key: Annotated[str, Meta(description="The whole key, for Bearer.")]


class ApiKeyList(Body, frozen=True):
    """The keys of an organisation."""

    items: Annotated[list[ApiKeyShown], Meta(description="Revoked ones last, else the oldest first.")]


class ApiKeyStore:
    """Keys in PostgreSQL; raises `UnavailableError` if it does not answer."""

    def __init__(self, reading: Database, writing: Database) -> None:
        self._reading = reading
        self._writing = writing

    async def of(self, tenant: TenantId) -> ApiKeyList:
        """The keys of an organisation."""
        rows = await self._reading.fetch(tenant, statements.LIST, {"tenant": tenant})
        return ApiKeyList(items=[_shown(KeyRow.of(row)) for row in rows])

    async def create(self, tenant: TenantId, body: ApiKeyBody, event: AuditEvent) -> ApiKeyCreated:
        """Create a key, and store the audit event in the same transaction.

        Raises:
            ForbiddenError: the organisation was erased.
            LimitReachedError: it has as many keys as it may have.
        """
        key = ApiKey.new(tenant)
        values = statements.new_values(key, body.name, set(body.scopes), event.actor)

        async def work(connection: Connection) -> KeyRow:
            await refuse_erased(connection, tenant)
            await connection.execute(statements.LOCK, values)
            ((keys,),) = await (await connection.execute(statements.COUNT, values)).fetchall()
            try:
                statements.require_room(keys)
            except TooManyKeysError as error:
                raise LimitReachedError("Too many keys", str(error)) from error
            (row,) = await (await connection.execute(statements.CREATE, values)).fetchall()
            await connection.execute(audit.INSERT, audit.row(replace(event, reason=key.key_id)))
            return KeyRow.of(row)

        shown = _shown(await self._writing.within(tenant, work))
        fields = {name: getattr(shown, name) for name in shown.__struct_fields__}
        return ApiKeyCreated(**fields, secret=key.secret, key=key.text)

    async def revoke(self, tenant: TenantId, key_id: KeyId, event: AuditEvent) -> ApiKeyShown:
        """Revoke a key, or leave it revoked, and store the audit event in the same transaction.

        Raises:
            NotFoundError: the organisation has no such key.
        """

        async def work(connection: Connection) -> KeyRow:
            values = {"tenant": tenant, "key_id": key_id}
            row = await (await connection.execute(statements.REVOKE, values)).fetchone()
            if row is None:
                raise not_found("keyId", "key")
            await connection.execute(audit.INSERT, audit.row(replace(event, reason=key_id)))
            return KeyRow.of(row)

        return _shown(await self._writing.within(tenant, work))


def _shown(row: KeyRow) -> ApiKeyShown:
    return ApiKeyShown(
        key_id=row.key_id,
        name=row.name,
        scopes=sorted(row.scopes),
        actor_id=actor_of(row.key_id),
        created_at=rfc3339(row.created_at),
        created_by=row.created_by,
        last_used_at=_time(row.last_used_at),
        revoked_at=_time(row.revoked_at),
    )


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)


EXAMPLE = ApiKeyShown(
    key_id="pk_AZAAAAAAcACAAAAAAAAAAQECAwQFBgcI",
    name="Moodle",
    scopes=["read", "write"],
    actor_id=actor_of(KeyId("pk_AZAAAAAAcACAAAAAAAAAAQECAwQFBgcI")),
    created_at="2026-11-22T10:00:00.000Z",
    created_by="5b0a0b52-9a5e-4c8e-8f2d-2f6a4f7c1d10",
    last_used_at="2026-11-23T09:59:30.000Z",
    revoked_at=None,
)
CREATED_EXAMPLE = ApiKeyCreated(
    **{name: getattr(EXAMPLE, name) for name in EXAMPLE.__struct_fields__},
    secret=43 * "A",
    key=f"{EXAMPLE.key_id}.{43 * 'A'}",
)
LIST_EXAMPLE = ApiKeyList(items=[EXAMPLE])
