"""How bearer tokens are verified."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from playhead.settings.base import Networks, Settings

DEVELOPMENT_SECRET = "playhead-development-secret-never-for-production"
"""Signs tokens on a developer's machine; `TokenSettings` refuses it elsewhere."""


class SecretSettings(Settings):
    """The algorithms of tokens, and their shared secret; refuses the published secret except on loopback."""

    token_algorithms: Annotated[tuple[Literal["HS256", "RS256", "ES256"], ...], NoDecode] = ("HS256",)
    """The accepted algorithms; the header of a token cannot choose another. Comma-separated in the
    environment."""
    token_secret: SecretStr = Field(default=SecretStr(DEVELOPMENT_SECRET), min_length=32)
    """The secret for HS256, of at least 256 bits, the strength of the algorithm."""

    @model_validator(mode="before")
    @classmethod
    def _split_algorithms(cls, values: dict[str, object]) -> dict[str, object]:
        listed = values.get("token_algorithms")
        if isinstance(listed, str):
            return values | {"token_algorithms": tuple(name.strip() for name in listed.split(","))}
        return values

    @property
    def uses_development_secret(self) -> bool:
        """Whether anyone who has read the source of Playhead can sign a token."""
        return "HS256" in self.token_algorithms and self.token_secret.get_secret_value() == DEVELOPMENT_SECRET

    @model_validator(mode="after")
    def _keep_development_secret_on_loopback(self) -> Self:
        for name in type(self).model_fields:
            if not (name.endswith("_host") and self.environment == "development"):
                continue
            host: str = getattr(self, name)
            if self.uses_development_secret and not is_loopback(host):
                raise ValueError(
                    f"PLAYHEAD_{name.upper()} is {host}, which others may reach, while the published "
                    "development secret signs tokens: listen on 127.0.0.1, or set PLAYHEAD_TOKEN_SECRET to a "
                    "secret of your own"
                )
        return self


class TokenSettings(SecretSettings):
    """How bearer tokens are verified: a shared secret in development, a JWKS endpoint in production."""

    token_issuer: str = "playhead"
    """The required `iss` of a token."""
    token_audience: str = "playhead"
    """The required `aud` of a token."""
    token_subject_claim: str = Field(default="sub", min_length=1)
    """The claim that names the person, as it stands in the token or as a path, such as `oid` or
    `person.id`. One that people cannot change themselves. What is no UUID gives one, always the same."""
    token_tenant_claim: str = Field(default="tenant", min_length=1)
    """The claim that names the organisation, as above, such as `tid` or `https://example.org/tenant`."""
    token_tenant: str | None = Field(default=None, min_length=1)
    """The organisation of every token, where the issuer serves one alone and its tokens do not name it."""
    token_roles_claim: str = Field(default="roles", min_length=1)
    """The claim with the roles, as above, such as `realm_access.roles` or `cognito:groups`: a list, or a text
    with spaces or commas."""
    token_role_map: Annotated[Mapping[str, str], NoDecode] = Field(default_factory=dict)
    """The issuer's names of roles and which they are here, such as `hr-admins=admin,team-leads=manager`;
    other roles then do not count. Without it, roles have the same names here."""
    token_jwks_url: str | None = Field(default=None, repr=False)
    """The address at which the issuer publishes its keys, for RS256 and ES256; `https://` in production."""
    token_keys_honoured_seconds: float = Field(default=3_600.0, ge=600)
    """How long the last keys are trusted while the issuer cannot be reached; requests are answered 503 after
    that. Shorter outages of the issuer have no effect, but a key withdrawn during one stays valid as long."""
    token_leeway_seconds: int = Field(default=30, ge=0, le=300)
    """How far clocks may differ when a token expires."""
    token_failures_per_second: float = Field(default=10.0, gt=0)
    """Sustained requests per second without a valid token from one client address; beyond it, 429. Requests
    with a valid token are not affected. More than a school behind one address sends by mistake."""
    token_failures_burst: int = Field(default=300, ge=1)
    """Requests without a valid token from one client address at once: the players of several classrooms."""
    trusted_proxies: Networks = ()
    """Networks of proxies whose `X-Forwarded-For` is trusted, comma-separated, such as `10.0.0.0/8`; none by
    default, as anyone can send the header. Without them, all clients of a proxy share its address."""

    @field_validator("token_role_map", mode="before")
    @classmethod
    def _split_role_map(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [each.strip().rpartition("=") for each in value.split(",") if each.strip()]
        if not all(name.strip() and ours.strip() for name, _, ours in pairs):
            raise ValueError(
                "PLAYHEAD_TOKEN_ROLE_MAP is a list of NAME=ROLE, as hr-admins=admin,team-leads=manager"
            )
        return {name.strip(): ours.strip() for name, _, ours in pairs}

    @model_validator(mode="after")
    def _take_one_tenant(self) -> Self:
        if self.token_tenant is not None and "token_tenant_claim" in self.model_fields_set:
            raise ValueError(
                "PLAYHEAD_TOKEN_TENANT and PLAYHEAD_TOKEN_TENANT_CLAIM are both set: the organisation of "
                "every token, or the claim that names it"
            )
        return self

    @model_validator(mode="after")
    def _refuse_development_secret(self) -> Self:
        if self.environment == "production" and self.uses_development_secret:
            raise ValueError(
                "PLAYHEAD_TOKEN_SECRET is the development secret: set one of your own, or set "
                "PLAYHEAD_TOKEN_ALGORITHMS to RS256 or ES256 and PLAYHEAD_TOKEN_JWKS_URL; on a developer's "
                "machine, `playhead up` runs everything, and PLAYHEAD_ENVIRONMENT=development one service"
            )
        return self

    @model_validator(mode="after")
    def _trust_only_loopback_with_development_secret(self) -> Self:
        others = [str(network) for network in self.trusted_proxies if not network.is_loopback]
        if others and self.uses_development_secret:
            raise ValueError(
                f"PLAYHEAD_TRUSTED_PROXIES names {others[0]}, while the published development secret signs "
                "tokens: set PLAYHEAD_TOKEN_SECRET to a secret of your own"
            )
        return self

    @model_validator(mode="after")
    def _require_jwks(self) -> Self:
        asymmetric = set(self.token_algorithms) - {"HS256"}
        if asymmetric and len(asymmetric) != len(self.token_algorithms):
            raise ValueError(
                "PLAYHEAD_TOKEN_ALGORITHMS mixes HS256 with public-key algorithms: choose one kind"
            )
        if asymmetric and self.token_jwks_url is None:
            raise ValueError("PLAYHEAD_TOKEN_JWKS_URL is required with RS256 or ES256")
        return self

    @model_validator(mode="after")
    def _require_tls_for_keys(self) -> Self:
        scheme = "https" if self.token_jwks_url is None else urlsplit(self.token_jwks_url).scheme
        if scheme != "https" and not (scheme == "http" and self.environment == "development"):
            raise ValueError(
                "PLAYHEAD_TOKEN_JWKS_URL must begin with https://: anybody on the way could put in keys of "
                "their own (http:// is for development)"
            )
        return self


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`; the only name that counts is localhost."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
