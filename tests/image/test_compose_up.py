"""deploy/compose.yaml is brought up, used, taken down and brought up again."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr

from operations.local import ports
from playhead.identity import mint_development_token
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import TokenSettings
from tests.deploy import env_example
from tests.deploy.compose import LISTENING, interpolate, services
from tests.faults.pipeline import until
from tests.image.compose_client import ComposeClient
from tests.image.engine import NEEDED_BY_COMPOSE, missing
from tests.image.stores.images import name_as_in_registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.image.engine import Engine

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1_800)]

SEEN_S = 60


@pytest.fixture
def gateway_port() -> int:
    return ports.choose()


@pytest.fixture
def given(gateway_port: int) -> dict[str, str]:
    """The `.env`: its required values, and a port that is free."""
    return env_example.filled_in() | {"GATEWAY_PORT": str(gateway_port)}


@pytest.fixture
def client(
    engine: Engine, stand_ins: dict[str, str], image: str, given: dict[str, str]
) -> Iterator[ComposeClient]:
    if lacking := missing(NEEDED_BY_COMPOSE):
        pytest.skip(f"compose.yaml is not brought up: {', '.join(lacking)} missing on this machine")
    images = {name: interpolate(each["image"], {}) for name, each in services().items()}
    for name, tag in stand_ins.items():
        name_as_in_registry(engine, tag, images[name])
    engine.call("podman", "tag", image, f"localhost/{images['ingest']}")
    made = ComposeClient.prepared(engine, given)
    try:
        yield made
    finally:
        made.call("down", "--volumes")


def test_what_was_saved_is_there_after_everything_was_taken_down(
    client: ComposeClient, gateway_port: int, given: dict[str, str]
) -> None:
    client.up()
    http = httpx.Client(base_url=f"http://127.0.0.1:{gateway_port}", headers=_login(given), timeout=30)
    assert http.get("/readyz").is_success
    assert http.get("/metrics").status_code == 404
    item = str(uuid4())
    saved = http.post("/api/progress", json={"contentId": item, "progressPercentage": 40})
    assert saved.status_code == 202, saved.text
    until(lambda: _percentage(http, item) == 40 or None, SEEN_S, "the save to be read")
    for service in LISTENING:
        client.exec(service, "playhead", "check", service)
    client.exec("processor", "playhead", "status", "--wait", "60")
    assert "Everything agrees" in client.exec("processor", "playhead", "audit")

    dump = client.exec("postgres", "pg_dump", "--username=postgres", "--schema-only", "playhead")
    assert "CREATE TABLE progress.user_progress" in dump
    client.down()
    with pytest.raises(httpx.TransportError):
        http.get("/readyz")
    client.up()
    assert _percentage(http, item) == 40
    client.exec("processor", "playhead", "status", "--wait", "60")
    assert "Everything agrees" in client.exec("processor", "playhead", "audit")


def _login(given: dict[str, str]) -> dict[str, str]:
    settings = TokenSettings(token_secret=SecretStr(given["PLAYHEAD_TOKEN_SECRET"]))
    token = mint_development_token(settings, tenant_id=TenantId(str(uuid4())), user_id=UserId(str(uuid4())))
    return {"Authorization": f"Bearer {token}"}


def _percentage(http: httpx.Client, item: str) -> float | None:
    answer = http.get(f"/api/progress/{item}")
    return answer.json()["progressPercentage"] if answer.is_success else None
