"""The snapshots of live streams: a person's items, and a team's members with their figures."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from playhead.identity import Principal
from playhead.progress.identifiers import UserId
from playhead.wire.keys import person_key
from query_api.access import Person
from query_api.access.scopes import Scopes
from query_api.errors import RequestError, UnavailableError
from query_api.live.events import Aged, encode
from query_api.live.hub import FullError, Hub
from query_api.live.listener import Listener, TeamListener
from query_api.live.members import TeamMembers
from query_api.models import Snapshot
from query_api.progress.catalogue import CatalogueCopies
from query_api.progress.course_views import listed_entry
from query_api.progress.courses import with_courses
from query_api.progress.library import Library
from query_api.progress.listing import in_order, with_changes


class PersonView:
    """A person's items, including the changes that the listener has received."""

    def __init__(
        self, listener: Listener, library: Library, catalogue: CatalogueCopies, person: Person
    ) -> None:
        self._listener = listener
        self._library = library
        self._catalogue = catalogue
        self._person = person

    async def snapshot(self) -> bytes:
        """See `stream.View`."""
        entries = await self._library.entries(self._person)
        # Received while the stores were read: each may be older or newer than what was read.
        unread = ((change.content, change.progress) for change in self._listener.take_changes())
        policies = self._catalogue.cached(self._person.tenant_id)
        courses = self._catalogue.courses(self._person.tenant_id)
        current = in_order(with_courses(with_changes(entries, unread, policies), courses))
        return encode(Snapshot(items=[listed_entry(entry) for entry in current]))

    def shows(self, user: UserId) -> bool:
        """See `stream.View`."""
        return user == self._person.user_id


@dataclass(slots=True)
class TeamView:
    """A team, as the principal may see it."""

    principal: Principal
    team: UUID
    rule: Mapping[str, Any]
    """The parameters of the report that decide who needs support; `now` is the time of each snapshot."""
    scopes: Scopes
    members: TeamMembers
    _shown: frozenset[str] = field(default=frozenset(), init=False)
    """The members in the last snapshot. Who left before it still has a channel for some seconds."""

    async def channels(self) -> frozenset[str]:
        """Return the current members, as `tenant:user`.

        Raises:
            RequestError: the principal may not see the team, or it is too large.
            UnavailableError: the directory does not respond.
        """
        await self.scopes.team(self.principal, self.team)
        tenant = self.principal.tenant_id
        users = await self.members.of(tenant, self.team)
        return frozenset(person_key(tenant, user) for user in users)

    async def snapshot(self) -> bytes:
        """See `stream.View`."""
        rule = {**self.rule, "now": datetime.now(UTC)}
        rows = await self.members.report(self.principal.tenant_id, self.team, rule)
        self._shown = frozenset(str(row["userId"]) for row in rows)
        return encode({"items": rows})

    def shows(self, user: UserId) -> bool:
        """See `stream.View`."""
        return user in self._shown

    async def follow(self, listener: TeamListener, hub: Hub, every_seconds: float) -> None:
        """Keep the listener on the current members' channels while the principal may see the team."""
        before = earlier = listener.changes
        while True:
            await asyncio.sleep(every_seconds)
            try:
                moved = hub.move(listener, await self.channels())
            except UnavailableError:
                continue  # the directory cannot change meanwhile either
            except RequestError:
                listener.end("scope")
                return
            except FullError:
                listener.end("full")
                return
            # Twice, since PostgreSQL may not hold the last changes the first time.
            if not moved and listener.changes != earlier:
                listener.push(Aged())
            before, earlier = listener.changes, before
