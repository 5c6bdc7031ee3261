"""The people who were merged into others: a caller who identifies as one acts as the other. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from playhead.identity.principal import Principal
from playhead.progress.identifiers import TenantId, UserId


class Aliases:
    """The map of one process; empty until it is read."""

    def __init__(self, rows: Iterable[tuple[TenantId, UserId, UserId]] = ()) -> None:
        self._into: dict[tuple[TenantId, UserId], UserId] = {}
        self.replace(rows)

    def replace(self, rows: Iterable[tuple[TenantId, UserId, UserId]]) -> None:
        """Replace the map by these rows: the tenant, the merged account, and the one that it became."""
        self._into = {(tenant, user): into for tenant, user, into in rows}

    def user(self, tenant: TenantId, user: UserId) -> UserId:
        """The person who `user` is now; chains of merges are followed."""
        seen = {user}
        while (into := self._into.get((tenant, user))) is not None and into not in seen:
            seen.add(into)
            user = into
        return user

    def principal(self, principal: Principal) -> Principal:
        """The principal as the person who they are now."""
        if not self._into:
            return principal
        user = self.user(principal.tenant_id, principal.user_id)
        return principal if user == principal.user_id else replace(principal, user_id=user)
