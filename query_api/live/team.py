"""A team as its live stream has it: the members with their figures, and who they are as time goes by."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from playhead.identity import Principal
from playhead.progress.identifiers import TenantId, UserId
from playhead.services.problems import Problem
from playhead.wire.keys import live_channel, person_key
from query_api.live.events import Aged, encode
from query_api.live.hub import FullError, Hub
from query_api.live.listener import TeamListener
from query_api.live.members import Members
from query_api.models import TeamMember, TeamSnapshot
from query_api.reader import UnavailableError
from query_api.scopes import Scopes


@dataclass(frozen=True, slots=True)
class Team:
    """A team, as one principal may see it."""

    principal: Principal
    team: UUID
    scopes: Scopes
    members: Members

    async def current(self) -> list[TeamMember]:
        """The members as the directory has them now, and their figures.

        Raises:
            Problem: the team is not the principal's to see, or too large.
            UnavailableError: the directory cannot be asked.
        """
        await self.scopes.team(self.principal, self.team)
        return await self.members.of(self.principal.tenant_id, self.team)

    async def listener(self) -> TeamListener:
        """Hears of the members; raises as `current` does."""
        return TeamListener(_channels(self.principal.tenant_id, await self.current()))

    async def snapshot(self) -> bytes:
        """See `stream.View`."""
        members = await self.members.of(self.principal.tenant_id, self.team)
        return encode(TeamSnapshot(members=members))

    async def follow(self, listener: TeamListener, hub: Hub, every_seconds: float) -> None:
        """Keep the listener to the members there are, until the team is no longer the principal's to see."""
        while True:
            await asyncio.sleep(every_seconds)
            try:
                channels = frozenset(_channels(self.principal.tenant_id, await self.current()))
                moved = hub.move(listener, channels)
            except UnavailableError:
                continue  # nor can it be changed meanwhile: what was known holds
            except Problem:
                listener.end("scope")
                return
            except FullError:
                listener.end("full")
                return
            if not moved:
                listener.hear(Aged())


def _channels(tenant: TenantId, members: Iterable[TeamMember]) -> Iterable[str]:
    return (live_channel(person_key(tenant, UserId(member.user_id))) for member in members)
