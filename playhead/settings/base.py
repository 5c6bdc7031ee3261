"""The settings that several services share, and the types of their values."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from playhead.progress.policy import Policy
from playhead.settings.secret_files import SecretFiles

Port = Annotated[int, Field(ge=0, le=65535)]
UNREADABLE_ADDRESS = (
    "is no address that can be read; a password in it must be percent-encoded (the value is not shown)"
)


def split_list(listed: object) -> object:
    """The parts of comma-separated text; every other value as it is."""
    if isinstance(listed, str):
        return tuple(part.strip() for part in listed.split(",") if part.strip())
    return listed


Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(split_list)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(split_list)]
# Excludes every character that would end a source in the header, or the header.
_Ancestor = Annotated[str, Field(pattern=r"^(\*|https?:(//[^\s;,'\"/]+)?)$")]
FrameAncestors = Annotated[tuple[_Ancestor, ...], NoDecode, BeforeValidator(split_list)]


class Settings(BaseSettings):
    """The settings of every service: the environment's name and the log level."""

    model_config = SettingsConfigDict(
        env_prefix="PLAYHEAD_",
        env_ignore_empty=True,  # a deployment passes on variables that are not set
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,  # it contains passwords
    )

    environment: Literal["development", "production"] = "production"
    """`development`, which `playhead up` sets, allows the published development secret, on loopback only. A
    service started on its own is in `production`."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The lowest severity that is logged."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then variables, then the files that variables with `_FILE` name."""
        del dotenv_settings, file_secret_settings  # pydantic's, which are not used
        variables = env_settings.env_vars if isinstance(env_settings, EnvSettingsSource) else {}
        return init_settings, env_settings, SecretFiles(settings_cls, variables)

    @model_validator(mode="before")
    @classmethod
    def _refuse_wrong_files(cls, values: dict[str, Any]) -> dict[str, Any]:
        if problems := values.get(SecretFiles.PROBLEMS):
            raise ValueError("; ".join(problems))
        return values


class HttpSettings(Settings):
    """How the HTTP services are reached, and whether they serve their documentation."""

    http_trust_forwarded_proto: bool = False
    """Whether a proxy in front sets `X-Forwarded-Proto`, replacing the value of clients. Requests that
    reached the proxy by TLS are then answered with Strict-Transport-Security. Without such a proxy, leave it
    off: any client could send the header."""
    http_traced_callers_per_second: float = Field(default=1.0, ge=0)
    """Traces that a caller has begun, by a `traceparent` that says so, and that each process follows in a
    second; others of the kind are traced with the share of all requests. Any client can send the header."""
    http_documentation: bool = True
    """Whether `/docs` and `/openapi.json` are served. They contain nothing that is not in the repository."""


class PolicySettings(Settings):
    """The default policy; see `playhead.progress.policy`."""

    completion_threshold: float = Field(default=0.90, gt=0, le=1)
    """The share of an item that completes it."""
    completion_evidence: Literal["any", "watched"] = "any"
    """`any` accepts and labels the percentage that a client reports; `watched` counts only what was
    played."""
    credit_max_rate: float = Field(default=4.0, ge=1, le=16)
    """The fastest playback rate that is credited."""
    credit_grace_seconds: float = Field(default=20.0, ge=0)
    """Credit per session beyond the time that passed."""

    @property
    def policy(self) -> Policy:
        """The policy for `playhead.progress`."""
        return Policy(
            threshold=self.completion_threshold,
            evidence=self.completion_evidence,
            max_rate=self.credit_max_rate,
            grace_ms=round(self.credit_grace_seconds * 1000),
        )
