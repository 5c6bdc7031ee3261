"""What settings refuse, so that a service without configuration is closed."""

from __future__ import annotations

import os

import pytest
from pydantic import SecretStr, ValidationError

from playhead.settings import (
    IngestSettings,
    ProcessorSettings,
    QuerySettings,
    SecretSettings,
    Settings,
    SinkSettings,
    TokenSettings,
)

OURS = SecretStr("o" * 32)
VERIFYING = (IngestSettings, QuerySettings)
LISTENING = {IngestSettings: "ingest_host", QuerySettings: "query_host"}


@pytest.fixture
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the image, or after installing the wheel."""
    for name in [name for name in os.environ if name.startswith("PLAYHEAD_")]:
        monkeypatch.delenv(name)


@pytest.mark.usefixtures("nothing_set")
@pytest.mark.parametrize("kind", [Settings, ProcessorSettings, SinkSettings])
def test_a_service_alone_is_in_production(kind: type[Settings]) -> None:
    assert kind().environment == "production"


@pytest.mark.usefixtures("nothing_set")
@pytest.mark.parametrize("kind", [TokenSettings, *VERIFYING])
def test_a_service_alone_refuses_the_published_secret(kind: type[TokenSettings]) -> None:
    with pytest.raises(ValidationError, match="PLAYHEAD_TOKEN_SECRET is the development secret"):
        kind()
    assert kind(token_secret=OURS).environment == "production"


@pytest.mark.parametrize("kind", LISTENING)
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.7", "playhead.example"])  # noqa: S104 - refused
def test_the_published_secret_is_refused_off_loopback(kind: type[SecretSettings], host: str) -> None:
    name = LISTENING[kind]
    with pytest.raises(ValidationError, match=f"PLAYHEAD_{name.upper()} is {host}, which others may reach"):
        kind.model_validate({"environment": "development", name: host})
    ours = {"environment": "development", name: host, "token_secret": OURS}
    assert kind.model_validate(ours).model_dump()[name] == host


@pytest.mark.parametrize("kind", LISTENING)
@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_the_published_secret_is_accepted_on_loopback(kind: type[SecretSettings], host: str) -> None:
    name = LISTENING[kind]
    assert kind.model_validate({"environment": "development", name: host}).uses_development_secret


@pytest.mark.parametrize("kind", LISTENING)
def test_an_issuer_s_keys_may_be_developed_with_off_loopback(kind: type[SecretSettings]) -> None:
    keys = {"token_algorithms": "ES256", "token_jwks_url": "http://127.0.0.1:1/keys"}
    settings = kind.model_validate({"environment": "development", LISTENING[kind]: "192.0.2.7", **keys})
    assert not settings.uses_development_secret


@pytest.mark.parametrize("kind", VERIFYING)
def test_no_proxy_off_loopback_is_trusted_with_the_published_secret(kind: type[TokenSettings]) -> None:
    trusting = {"environment": "development", "trusted_proxies": "127.0.0.0/8,192.0.2.0/24"}
    with pytest.raises(ValidationError, match=r"PLAYHEAD_TRUSTED_PROXIES names 192\.0\.2\.0/24"):
        kind.model_validate(trusting)
    assert len(kind.model_validate({**trusting, "token_secret": OURS}).trusted_proxies) == 2
