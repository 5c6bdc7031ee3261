"""The statements about API keys, which the query API and `playhead keys` share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString

from playhead.identity.api_keys import ApiKey, KeyId, KeyScope, scopes_of, tenant_of
from playhead.progress.identifiers import UserId

MOST_KEYS = 100
"""Keys of one tenant that are not revoked."""
MOST_NAME = 200

FIND: LiteralString = """
SELECT secret_sha256, scopes, revoked_at IS NOT NULL
FROM progress.api_keys WHERE tenant_id = %(tenant)s AND key_id = %(key_id)s
"""
NOTE_USE: LiteralString = """
UPDATE progress.api_keys SET last_used_at = clock_timestamp()
WHERE tenant_id = %(tenant)s AND key_id = %(key_id)s
    AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')
"""
LOCK: LiteralString = "SELECT pg_advisory_xact_lock(hashtext('playhead keys'), hashtext(%(tenant)s))"
"""Held while a key is created, so that `COUNT` stays true."""
COUNT: LiteralString = """
SELECT count(*) FROM progress.api_keys WHERE tenant_id = %(tenant)s AND revoked_at IS NULL
"""
CREATE: LiteralString = """
INSERT INTO progress.api_keys (tenant_id, key_id, name, scopes, secret_sha256, created_by)
VALUES (%(tenant)s, %(key_id)s, %(name)s, %(scopes)s, %(digest)s, %(by)s)
RETURNING key_id, name, scopes, created_at, created_by::text, last_used_at, revoked_at
"""
LIST: LiteralString = """
SELECT key_id, name, scopes, created_at, created_by::text, last_used_at, revoked_at
FROM progress.api_keys WHERE tenant_id = %(tenant)s
ORDER BY revoked_at IS NOT NULL, created_at, key_id
"""
REVOKE: LiteralString = """
UPDATE progress.api_keys SET revoked_at = coalesce(revoked_at, clock_timestamp())
WHERE tenant_id = %(tenant)s AND key_id = %(key_id)s
RETURNING key_id, name, scopes, created_at, created_by::text, last_used_at, revoked_at
"""


class TooManyKeysError(Exception):
    """The tenant has as many keys as it may have."""

    def __init__(self) -> None:
        super().__init__(f"an organisation may have {MOST_KEYS} keys: revoke one that is not used")


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key without anything of its secret."""

    key_id: KeyId
    name: str
    scopes: frozenset[KeyScope]
    created_at: datetime
    created_by: UserId | None
    """None for an operator's command."""
    last_used_at: datetime | None
    """To about a minute."""
    revoked_at: datetime | None

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> KeyRow:
        """A row of `CREATE`, `LIST` or `REVOKE`; times are in UTC."""
        key_id, name, scopes, created_at, created_by, *times = row
        last_used_at, revoked_at = (None if each is None else each.astimezone(UTC) for each in times)
        created_at = created_at.astimezone(UTC)
        return cls(key_id, name, scopes_of(scopes), created_at, created_by, last_used_at, revoked_at)


def values_of(key_id: KeyId) -> dict[str, Any]:
    """The parameters of the statements about one key."""
    return {"tenant": tenant_of(key_id), "key_id": key_id}


def new_values(key: ApiKey, name: str, scopes: Iterable[KeyScope], by: UserId | None) -> dict[str, Any]:
    """The parameters of `LOCK`, `COUNT` and `CREATE`."""
    return {
        **values_of(key.key_id),
        "name": name,
        "scopes": sorted(scopes),
        "digest": key.digest,
        "by": by,
    }


def require_room(keys: int) -> None:
    """Return if a tenant with so many keys may have another.

    Raises:
        TooManyKeysError: it may not.
    """
    if keys >= MOST_KEYS:
        raise TooManyKeysError
