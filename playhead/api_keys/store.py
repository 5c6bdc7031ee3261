"""Looks API keys up in the database of their tenant, as the reader's role under row-level security.

Each look-up has a connection of its own, as it is rare: `KeyVerifier` says how often a process asks.
"""

from __future__ import annotations

import logging
from typing import Any, LiteralString

import psycopg

from playhead.api_keys.statements import FIND, NOTE_USE, values_of
from playhead.causes import cause_of
from playhead.identity.api_keys import KeyId, StoredKey, scopes_of, tenant_of
from playhead.identity.errors import KeyStoreAwayError
from playhead.postgres import is_outage, is_schema_missing
from playhead.postgres.lookups import TenantLookups
from playhead.settings import Addresses, ByTenant

ANSWER_SECONDS = 2.0
"""For a look-up, connecting included."""
AT_ONCE = 4
"""Connections of one process."""

_log = logging.getLogger(__name__)


class PostgresKeys:
    """The keys of all tenants; connects when a key is looked up."""

    def __init__(self, databases: ByTenant[Addresses], service: str) -> None:
        """Connect to nothing yet; `service` is the name of the connections."""
        self._lookups = TenantLookups(databases, service, at_once=AT_ONCE)

    async def find(self, key_id: KeyId) -> StoredKey | None:
        """The key, revoked or not; None if there is none.

        Raises:
            KeyStoreAwayError: PostgreSQL does not answer, or has not been migrated.
        """
        try:
            row = await self._lookups.bounded(self._run(key_id, FIND), ANSWER_SECONDS)
        except TimeoutError as error:
            raise KeyStoreAwayError from error
        except psycopg.Error as error:
            if not (is_outage(error) or is_schema_missing(error)):
                raise
            _log.warning("postgres: %s; API keys cannot be looked up", cause_of(error))
            raise KeyStoreAwayError from error
        if row is None:
            return None
        digest, scopes, is_revoked = row
        return StoredKey(key_id, bytes(digest), scopes_of(scopes), is_revoked)

    def note_use(self, key_id: KeyId) -> None:
        """Note that the key was used, in the background; forgotten if PostgreSQL does not answer."""
        self._lookups.start(self._noted(key_id))

    async def close(self) -> None:
        """Wait for what still runs, for `ANSWER_SECONDS`."""
        await self._lookups.close(ANSWER_SECONDS)

    async def _noted(self, key_id: KeyId) -> None:
        try:
            await self._run(key_id, NOTE_USE)
        except psycopg.Error as error:
            _log.warning("when an API key was last used is not noted: %s", cause_of(error))

    async def _run(self, key_id: KeyId, statement: LiteralString) -> tuple[Any, ...] | None:
        return await self._lookups.first(tenant_of(key_id), statement, values_of(key_id))
