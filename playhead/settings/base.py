"""What every service reads, and the types of settings that several services share."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Port = Annotated[int, Field(ge=0, le=65535)]


def _split(listed: object) -> object:
    if isinstance(listed, str):
        return tuple(part.strip() for part in listed.split(",") if part.strip())
    return listed


Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_split)]
# Nothing that would end a source in a header, or the header.
_Ancestor = Annotated[str, Field(pattern=r"^(\*|https?:(//[^\s;,'\"/]+)?)$")]
FrameAncestors = Annotated[tuple[_Ancestor, ...], NoDecode, BeforeValidator(_split)]


class Settings(BaseSettings):
    """What every service reads: the environment's name and the log level."""

    model_config = SettingsConfigDict(
        env_prefix="PLAYHEAD_",
        env_ignore_empty=True,  # a deployment passes on what nobody has set
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,  # it holds passwords
    )

    environment: Literal["development", "production"] = "production"
    """`development`, which `playhead up` sets, allows the published development secret, on loopback only; a
    service started alone is therefore in `production`."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least severe that is logged."""
