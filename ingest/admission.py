"""Admission: whether a request may be saved now.

Three limits protect what everybody shares: the rates of a person (`Admission`), the number of items of a
person (`items`, decided by the processor) and the availability of the broker (`playhead.kafka.broker_watch`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qs
from uuid import UUID

from starlette.types import Scope

from ingest.bodies import InvalidBodyError
from playhead.identity import ApiCaller, Callers, Principal
from playhead.identity.api_keys import KeyScope
from playhead.identity.scopes import server
from playhead.progress.identifiers import UserId
from playhead.rate import Buckets
from playhead.wire.keys import person_key

QUOTA_RETRY_SECONDS = 60.0
"""A player holds back its whole queue meanwhile; the processor reconsiders the person within five minutes."""


class TooManyRequestsError(Exception):
    """A person reached a limit, which does not affect others; waiting helps."""

    def __init__(self, limit: str, wait_seconds: float) -> None:
        super().__init__(f"too many {limit}: keep the heartbeats and wait {wait_seconds:.1f} s")
        self.limit = limit
        self.wait_seconds = wait_seconds


class TooManyItemsError(TooManyRequestsError):
    """The person may begin no more items; heartbeats for existing items are accepted."""

    def __init__(self) -> None:
        super().__init__("items of one person", QUOTA_RETRY_SECONDS)


class OtherPersonError(Exception):
    """A token is sent with the id of another person."""

    def __init__(self) -> None:
        super().__init__("only an API key saves heartbeats for another person: leave userId out")


class Admitted(NamedTuple):
    """An admitted request."""

    sender: Principal
    """Who sends it: a person, or the actor of an API key, who may act for all people of the tenant."""
    person: Principal
    """Whose progress it changes and whose rates it counts against: the sender, unless a key names another."""


class Admission:
    """Identifies the sender of a request and enforces the rates of a person."""

    def __init__(
        self,
        callers: Callers,
        requests: Buckets,
        heartbeats: Buckets,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._callers = callers
        self.aliases = callers.aliases
        self._requests = requests
        self._heartbeats = heartbeats
        self._clock = clock

    async def admit(self, scope: Scope, beacon_token: str | None = None) -> Admitted:
        """The sender of an ASGI request, by its header or the token of its body; counts the request.

        A server with an API key names the person by the parameter `userId`.

        Raises:
            IdentityError: see `Callers.caller`.
            ScopeTooSmallError: the API key may not save.
            InvalidBodyError: an API key is sent without the person's id.
            TooManyRequestsError: names the time to wait.
        """
        caller = await self._callers.caller(scope, beacon_token)
        admitted = self._of_key(caller, scope) if isinstance(caller, ApiCaller) else Admitted(caller, caller)
        self._count(admitted.person)
        return admitted

    async def admit_sender(self, scope: Scope, needed: KeyScope) -> Principal:
        """The sender of a request whose body or query names the people; counts the request as the sender's.

        A server with an API key may act for all people of its tenant, as an administrator may.

        Raises:
            IdentityError: see `Callers.caller`.
            ScopeTooSmallError: the API key lacks the scope.
            TooManyRequestsError: names the time to wait.
        """
        caller = await self._callers.caller(scope)
        sender = server(caller, needed) if isinstance(caller, ApiCaller) else caller
        self._count(sender)
        return sender

    async def admit_person(self, scope: Scope, beacon_token: str | None = None) -> Principal:
        """The person whose heartbeats a request holds: a token is good for its own person alone.

        Raises:
            OtherPersonError: a token is sent with the id of another person.
            Exception: see `admit`.
        """
        sender, person = await self.admit(scope, beacon_token)
        if sender.key_id is None and scope["query_string"]:
            named = named_person(scope)
            if named is not None and self.aliases.user(sender.tenant_id, named) != sender.user_id:
                raise OtherPersonError
        return person

    def _of_key(self, caller: ApiCaller, scope: Scope) -> Admitted:
        sender = server(caller, "write")
        subject = named_person(scope)
        if subject is None:
            raise InvalidBodyError("userId", "name the person for whom to save: an API key is none")
        person = self.aliases.user(caller.tenant_id, subject)
        return Admitted(sender, Principal(caller.tenant_id, person, key_id=caller.key_id))

    def _count(self, principal: Principal) -> None:
        wait = self._requests.take(person_key(principal.tenant_id, principal.user_id), self._clock())
        if wait:
            raise TooManyRequestsError("requests of one person", wait)

    def charge(self, principal: Principal, heartbeats: int) -> None:
        """Count the heartbeats of an admitted request, all or none.

        Raises:
            TooManyRequestsError: names the time to wait.
        """
        person = person_key(principal.tenant_id, principal.user_id)
        wait = self._heartbeats.take(person, self._clock(), heartbeats)
        if wait:
            raise TooManyRequestsError("heartbeats of one person", wait)


def named_person(scope: Scope) -> UserId | None:
    """The person whom the parameter `userId` of a request names; None if there is none.

    Raises:
        InvalidBodyError: it is not one UUID.
    """
    given = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get("userId")
    if given is None:
        return None
    try:
        (text,) = given
        return UserId(str(UUID(text)))
    except ValueError as error:
        raise InvalidBodyError("userId", "is not a UUID") from error
