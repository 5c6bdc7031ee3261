"""How bearer tokens are verified."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from playhead.settings.base import Networks, Settings

DEVELOPMENT_SECRET = "playhead-development-secret-never-for-production"  # noqa: S105 - refused outside development
"""Signs tokens on a developer's machine; `TokenSettings` refuses it elsewhere."""


class SecretSettings(Settings):
    """The kind of tokens, and the secret they share; refuses the published secret where others reach."""

    token_algorithms: Annotated[tuple[Literal["HS256", "RS256", "ES256"], ...], NoDecode] = ("HS256",)
    """Pinned: a token's own header never chooses. Comma-separated in the environment."""
    token_secret: SecretStr = Field(default=SecretStr(DEVELOPMENT_SECRET), min_length=32)
    """For HS256, which a secret shorter than its 256 bits would weaken."""

    @model_validator(mode="before")
    @classmethod
    def _split_algorithms(cls, values: dict[str, object]) -> dict[str, object]:
        listed = values.get("token_algorithms")
        if isinstance(listed, str):
            return values | {"token_algorithms": tuple(name.strip() for name in listed.split(","))}
        return values

    @property
    def uses_development_secret(self) -> bool:
        """Whether anybody who has read Playhead's source can sign a token."""
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

    token_issuer: str = "playhead"  # noqa: S105 - a name
    """The `iss` that a token must have."""
    token_audience: str = "playhead"  # noqa: S105 - a name
    """The `aud` that a token must have."""
    token_jwks_url: str | None = Field(default=None, repr=False)
    """Where the issuer publishes its keys, for RS256 and ES256; `https://` in production."""
    token_keys_honoured_seconds: float = Field(default=3_600.0, ge=600)
    """How long the last keys fetched are trusted while the issuer cannot be read; then requests are answered
    503. An outage of the issuer that is shorter stops nobody; a key withdrawn during one works as long."""
    token_leeway_seconds: int = Field(default=30, ge=0, le=300)
    """By how much clocks may differ when a token expires."""
    token_failures_per_second: float = Field(default=10.0, gt=0)
    """Requests without a good token that one client address may make, sustained; beyond it 429, while good
    tokens from there pass. More than a school behind one address makes by mistake, and little to log."""
    token_failures_burst: int = Field(default=300, ge=1)
    """The same at once: the players of some classrooms that open without a token."""
    trusted_proxies: Networks = ()
    """Networks of proxies whose `X-Forwarded-For` is believed, comma-separated, such as `10.0.0.0/8`; none
    by default, as anybody may send that header. Without them all clients of a proxy share its address."""

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
    def _trust_nobody_else_with_development_secret(self) -> Self:
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
    """Whether only this machine reaches what listens on `host`. Of names, localhost alone counts."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
