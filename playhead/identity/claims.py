"""Which claims of a token name the person, the tenant and the roles: issuers differ. Pure.

A claim is named as it stands in the token, `sub` or `https://example.org/tenant`, or by a path into objects,
`realm_access.roles`. Names may contain dots themselves: the longest name that the token has is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from playhead.identity.errors import InvalidTokenError, MintingRefusedError
from playhead.identity.subjects import subject_id, tenant_id
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import TokenSettings

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """The claims of an issuer's tokens."""

    subject: str
    tenant: str
    fixed_tenant: TenantId | None
    """The tenant of every token; `tenant` is not read then."""
    roles: str
    role_map: Mapping[str, str]
    """The issuer's names of roles -> ours. If it has any, other roles do not count."""

    @classmethod
    def of(cls, settings: TokenSettings) -> Self:
        """Those of the settings."""
        fixed = settings.token_tenant
        return cls(
            subject=settings.token_subject_claim,
            tenant=settings.token_tenant_claim,
            fixed_tenant=None if fixed is None else tenant_id(fixed),
            roles=settings.token_roles_claim,
            role_map=settings.token_role_map,
        )

    def tenant_of(self, claims: Mapping[str, Any]) -> TenantId:
        """The tenant; a name that is no UUID always gives the same one.

        Raises:
            InvalidTokenError: the claim is missing or malformed.
        """
        if self.fixed_tenant is not None:
            return self.fixed_tenant
        found = _find(claims, self.tenant)
        if isinstance(found, list) and len(found) == 1:  # issuers that let a person be of several list them
            [found] = found
        return tenant_id(_text(found, self.tenant))

    def user_of(self, claims: Mapping[str, Any], tenant: TenantId) -> UserId:
        """The person; a name that is no UUID always gives the same one within the tenant.

        Raises:
            InvalidTokenError: the claim is missing or malformed.
        """
        return subject_id(tenant, _text(_find(claims, self.subject), self.subject))

    def roles_of(self, claims: Mapping[str, Any]) -> frozenset[str]:
        """The roles, from a list or from a text with spaces or commas; none if there is no such claim.

        Raises:
            InvalidTokenError: the claim is neither.
        """
        found = _find(claims, self.roles)
        if found is _ABSENT:
            return frozenset()
        names = found.replace(",", " ").split() if isinstance(found, str) else found
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise InvalidTokenError(f"the token's claim {self.roles} is no list of names")
        if self.role_map:
            return frozenset(self.role_map[name] for name in names if name in self.role_map)
        return frozenset(names)

    def claims_of(self, tenant: TenantId, user: UserId, roles: Iterable[str]) -> Mapping[str, object]:
        """The claims from which these are read.

        Raises:
            MintingRefusedError: every token is of another tenant, or no name of the issuer's gives a role.
        """
        if self.fixed_tenant not in (None, tenant):
            raise MintingRefusedError(
                f"every token is of the tenant {self.fixed_tenant} (PLAYHEAD_TOKEN_TENANT)"
            )
        theirs = {ours: name for name, ours in self.role_map.items()}
        wanted = sorted(roles)
        if theirs and (unknown := [role for role in wanted if role not in theirs]):
            raise MintingRefusedError(f"PLAYHEAD_TOKEN_ROLE_MAP has no name for {', '.join(unknown)}")
        named = [theirs.get(role, role) for role in wanted]
        return {self.subject: user, self.roles: named} | (
            {self.tenant: tenant} if self.fixed_tenant is None else {}
        )


def _find(claims: Mapping[str, Any], name: str) -> object:
    """The claim of this name or at this path; `_ABSENT` if there is none."""
    if name in claims:
        return claims[name]
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        inner = claims.get(".".join(parts[:length]))
        if isinstance(inner, Mapping):
            found = _find(inner, ".".join(parts[length:]))
            if found is not _ABSENT:
                return found
    return _ABSENT


def _text(value: object, name: str) -> str:
    if value is _ABSENT:
        raise InvalidTokenError(f"the token has no claim {name}")
    if not isinstance(value, str) or not value.strip():
        raise InvalidTokenError(f"the token's claim {name} is no text")
    return value
