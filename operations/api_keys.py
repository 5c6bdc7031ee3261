"""Creates, lists and revokes API keys for operators, in the database of their tenant."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from uuid import uuid4

from psycopg import Connection
from psycopg.rows import TupleRow

from operations.stores import postgres
from playhead.api_keys import statements
from playhead.api_keys.statements import KeyRow, TooManyKeysError
from playhead.audit_trail import events as audit
from playhead.audit_trail.events import AuditEvent
from playhead.identity.api_keys import KEY_ID_PATTERN, ApiKey, KeyId, KeyScope, actor_of, tenant_of
from playhead.progress.identifiers import TenantId
from playhead.settings import PostgresSettings

_LOCK_OUT_ERASURE = "SELECT pg_advisory_xact_lock_shared(hashtext('playhead erase'))"
_IS_ERASED = "SELECT EXISTS (SELECT FROM progress.erased_tenants WHERE tenant_id = %(tenant)s)"


class ApiKeyError(Exception):
    """The key cannot be created or revoked; the message names the way out."""


def checked_id(text: str) -> KeyId:
    """The id of a key.

    Raises:
        ApiKeyError: the text is none.
    """
    if re.fullmatch(KEY_ID_PATTERN, text) is None:
        raise ApiKeyError(f"{text!r} is no id of a key: `playhead keys list` shows them")
    return KeyId(text)


def create_key(
    settings: PostgresSettings, tenant: TenantId, name: str, scopes: Collection[KeyScope]
) -> tuple[ApiKey, KeyRow]:
    """Create a key, with its audit event.

    Raises:
        ApiKeyError: the name or the scopes are refused, or the tenant was erased or has too many keys.
        StoreUnavailableError: PostgreSQL does not answer.
    """
    if not 1 <= len(name) <= statements.MOST_NAME:
        raise ApiKeyError(f"--name: 1 to {statements.MOST_NAME} characters")
    if not scopes:
        raise ApiKeyError("--scope: name one or more")
    key = ApiKey.new(tenant)
    values = statements.new_values(key, name, scopes, None)
    event = _event(tenant, "playhead keys create", key.key_id)
    with _connected(settings, tenant) as connection, connection.transaction():
        connection.execute(_LOCK_OUT_ERASURE)
        if connection.execute(_IS_ERASED, values).fetchone() == (True,):
            raise ApiKeyError("the tenant was erased; `playhead erase organisation --readmit` lets it back")
        connection.execute(statements.LOCK, values)
        ((keys,),) = connection.execute(statements.COUNT, values).fetchall()
        try:
            statements.require_room(keys)
        except TooManyKeysError as error:
            raise ApiKeyError(str(error)) from error
        (row,) = connection.execute(statements.CREATE, values).fetchall()
        connection.execute(audit.INSERT, audit.row(event))
    audit.log(event)
    return key, KeyRow.of(row)


def keys_of_tenant(settings: PostgresSettings, tenant: TenantId) -> list[KeyRow]:
    """The keys of a tenant, revoked ones last.

    Raises:
        StoreUnavailableError: PostgreSQL does not answer.
    """
    with _connected(settings, tenant) as connection:
        return [KeyRow.of(row) for row in connection.execute(statements.LIST, {"tenant": tenant})]


def revoke_key(settings: PostgresSettings, key_id: KeyId) -> KeyRow:
    """Revoke a key, or leave it revoked, with the audit event.

    Raises:
        ApiKeyError: there is no such key.
        StoreUnavailableError: PostgreSQL does not answer.
    """
    tenant = tenant_of(key_id)
    event = _event(tenant, "playhead keys revoke", key_id)
    with _connected(settings, tenant) as connection, connection.transaction():
        row = connection.execute(statements.REVOKE, statements.values_of(key_id)).fetchone()
        if row is None:
            raise ApiKeyError(f"there is no key {key_id}: `playhead keys list` shows them")
        connection.execute(audit.INSERT, audit.row(event))
    audit.log(event)
    return KeyRow.of(row)


def fields(row: KeyRow) -> dict[str, object]:
    """A key as `--json` prints it, with the names of the HTTP API."""
    return {
        "keyId": row.key_id,
        "name": row.name,
        "scopes": sorted(row.scopes),
        "actorId": actor_of(row.key_id),
        "createdAt": row.created_at,
        "createdBy": row.created_by,
        "lastUsedAt": row.last_used_at,
        "revokedAt": row.revoked_at,
    }


def _connected(settings: PostgresSettings, tenant: TenantId) -> AbstractContextManager[Connection[TupleRow]]:
    return postgres(settings.databases.of(tenant).dsn, "keys")


def _event(tenant: TenantId, target: str, key_id: KeyId) -> AuditEvent:
    return AuditEvent(
        at=datetime.now(UTC),
        act="key",
        target=target,
        outcome="done",
        reason=key_id,
        origin=audit.operator(),
        request_id=uuid4().hex,
        tenant=tenant,
    )
