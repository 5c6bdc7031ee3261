from __future__ import annotations

from pydantic import Field

from playhead.settings import Port, SecretSettings


class GatewaySettings(SecretSettings):
    """The local gateway. It verifies no token itself, but exposes services that do."""

    gateway_host: str = "127.0.0.1"
    gateway_port: Port = 8080
    gateway_ingest_url: str = "http://127.0.0.1:8081"
    gateway_query_url: str = "http://127.0.0.1:8084"
    gateway_answer_seconds: float = Field(default=60.0, gt=0)
    """For an upstream to begin its answer; how long the answer may then take is its own affair."""
