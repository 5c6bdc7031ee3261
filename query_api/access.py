"""Who may read whose progress: the one place that decides."""

from __future__ import annotations

from dataclasses import dataclass

from playhead.identity import Principal
from playhead.progress.identifiers import TenantId, UserId
from playhead.services.problems import Problem
from playhead.wire.keys import person_key


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose progress is read. The tenant is always the reader's own: no request can name another."""

    tenant_id: TenantId
    user_id: UserId

    @property
    def key(self) -> str:
        """`tenant:user`, as in Kafka and Redis."""
        return person_key(self.tenant_id, self.user_id)


def may_read(principal: Principal, subject: UserId) -> bool:
    """Whether the principal may see the progress of `subject`, a user of their own tenant."""
    return subject == principal.user_id


def own(principal: Principal) -> Person:
    """The principal themselves."""
    return Person(principal.tenant_id, principal.user_id)


def readable(principal: Principal, subject: UserId | None) -> Person:
    """The person whose progress the principal asked for, themselves where they named nobody.

    Raises:
        Problem: 403, they may not.
    """
    if subject is None:
        return own(principal)
    if not may_read(principal, subject):
        raise Problem(
            403,
            "Not yours to read",
            "a learner's progress is shown to that learner; leave userId out to read your own",
            field="userId",
        )
    return Person(principal.tenant_id, subject)
