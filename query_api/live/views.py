"""A team as its live stream has it: the members with their figures, and who they are as time goes by."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from playhead.identity import Principal
from playhead.wire.keys import live_channel, person_key
from query_api.access.scopes import Scopes
from query_api.errors import RequestError, UnavailableError
from query_api.live.events import Aged, encode
from query_api.live.hub import FullError, Hub
from query_api.live.listener import TeamListener
from query_api.live.members import Members


@dataclass(frozen=True, slots=True)
class Team:
    """A team, as one principal may see it."""

    principal: Principal
    team: UUID
    rule: Mapping[str, Any]
    """Who needs support, as the report takes it; `now` is the time of each snapshot."""
    scopes: Scopes
    members: Members

    async def channels(self) -> frozenset[str]:
        """Those of the members whom the directory has now.

        Raises:
            RequestError: the team is not the principal's to see, or too large.
            UnavailableError: the directory cannot be asked.
        """
        await self.scopes.team(self.principal, self.team)
        tenant = self.principal.tenant_id
        users = await self.members.of(tenant, self.team)
        return frozenset(live_channel(person_key(tenant, user)) for user in users)

    async def snapshot(self) -> bytes:
        """See `stream.View`."""
        rule = {**self.rule, "now": datetime.now(UTC)}
        return encode({"items": await self.members.report(self.principal.tenant_id, self.team, rule)})

    async def follow(self, listener: TeamListener, hub: Hub, every_seconds: float) -> None:
        """Keep the listener to the members there are, until the team is no longer the principal's to see."""
        before = earlier = listener.changes
        while True:
            await asyncio.sleep(every_seconds)
            try:
                moved = hub.move(listener, await self.channels())
            except UnavailableError:
                continue  # nor can it be changed meanwhile: what was known holds
            except RequestError:
                listener.end("scope")
                return
            except FullError:
                listener.end("full")
                return
            # Twice, as Postgres may not have had the last changes the first time.
            if not moved and listener.changes != earlier:
                listener.hear(Aged())
            before, earlier = listener.changes, before
