"""The image as it is deployed: confined, over the real stores, and stopped under load."""

from __future__ import annotations

import re
import secrets
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr

from operations.local import ports
from playhead.identity import mint_development_token
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import TokenSettings
from tests.deploy.compose import LISTENING
from tests.faults.pipeline import until

if TYPE_CHECKING:
    from tests.image.engine import Engine, RunningContainer
    from tests.services import Database, Services

# Building from nothing takes three minutes on a quiet machine.
pytestmark = [pytest.mark.chaos, pytest.mark.services, pytest.mark.timeout(1_800)]

TENANT = TenantId(str(uuid4()))
READY_S = 120
# Of compose.yaml and of the chart; a service that takes longer is killed, and its exit code is 137.
GRACE_S = 30
ITEMS = 400
COMMANDS = {"ingest": "ingest", "processor": "process", "sink": "sink", "query": "query"}


@pytest.fixture
def environment(services: Services, fresh_database: Database, redis_url: str) -> dict[str, str]:
    """Production's settings, with a port for each service."""
    prefix = f"image-{secrets.token_hex(4)}-"
    listening = {f"PLAYHEAD_{name.upper()}_PORT": str(ports.choose()) for name in LISTENING}
    return (
        services.environment
        | fresh_database.environment
        | listening
        | {
            "PLAYHEAD_ENVIRONMENT": "production",
            "PLAYHEAD_REDIS_URL": redis_url,
            "PLAYHEAD_KAFKA_PREFIX": prefix,
            "PLAYHEAD_TOKEN_SECRET": secrets.token_hex(32),
        }
    )


def test_every_command_runs_confined(engine: Engine, image: str) -> None:
    listed = re.findall(r"^│ ([a-z][a-z-]+) ", engine.run(image, "--help"), re.MULTILINE)
    assert {*COMMANDS.values(), "migrate", "status", "audit"} <= set(listed)
    for command in listed:
        assert "Usage" in engine.run(image, command, "--help"), command


def test_a_service_stopped_under_load_loses_no_acknowledged_save(
    engine: Engine, image: str, environment: dict[str, str]
) -> None:
    engine.run(image, "migrate", environment=environment)
    with ExitStack() as containers:
        started = {
            name: containers.enter_context(engine.running(image, command, environment=environment))
            for name, command in COMMANDS.items()
        }
        for name, container in started.items():
            await_ready(name, container, environment)
        with Audience(environment) as audience:
            for name, command in COMMANDS.items():
                audience.await_more(200)
                assert started[name].terminate(GRACE_S) == 0, started[name].said()[-3000:]
                container = containers.enter_context(engine.running(image, command, environment=environment))
                await_ready(name, container, environment)
                audience.await_more(200)
        engine.run(image, "status", "--wait", "120", environment=environment)
        assert "Everything agrees" in engine.run(image, "audit", environment=environment)
        assert audience.lost() == []


def await_ready(name: str, container: RunningContainer, environment: dict[str, str]) -> None:
    url = f"http://127.0.0.1:{environment[f'PLAYHEAD_{name.upper()}_PORT']}/readyz"

    def ready() -> bool:
        try:
            return httpx.get(url).is_success
        except httpx.TransportError:
            return False

    try:
        until(lambda: ready() or None, READY_S, f"{name} to be ready")
    except TimeoutError:
        raise AssertionError(container.said()[-3000:]) from None


@dataclass(slots=True)
class Audience:
    """People who open one item after the other, and send again what was not acknowledged."""

    environment: dict[str, str]
    people: list[str] = field(default_factory=list)
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    unexpected: list[httpx.Response] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._threads += [threading.Thread(target=self._watch) for _ in range(4)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        assert self.unexpected == []

    def await_more(self, more: int) -> None:
        """Wait until so many more saves were acknowledged."""
        goal = len(self.acknowledged) + more
        until(lambda: len(self.acknowledged) >= goal or None, READY_S, f"{more} more saves")

    def lost(self) -> list[tuple[str, str]]:
        """What was acknowledged and is not in the answers."""
        known = {(person, each["contentId"]) for person in self.people for each in self._items(person)}
        return [each for each in self.acknowledged if each not in known]

    def _watch(self) -> None:
        while not self._over.is_set():
            person = str(uuid4())
            self.people.append(person)
            with httpx.Client(headers=self._headers(person), timeout=30) as http:
                # Fewer than an organisation's limit of items for one person.
                for item in (str(uuid4()) for _ in range(ITEMS)):
                    while not (saved := self._saved(http, item)) and not self._over.is_set():
                        time.sleep(0.1)  # a player's pause before it sends again
                    if saved:
                        self.acknowledged.append((person, item))
                    if self._over.is_set():
                        break

    def _saved(self, http: httpx.Client, item: str) -> bool:
        url = f"http://127.0.0.1:{self.environment['PLAYHEAD_INGEST_PORT']}/api/progress"
        try:
            answer = http.post(url, json={"contentId": item, "progressPercentage": 5})
        except httpx.TransportError:
            return False
        if answer.status_code not in {202, 429, 503}:
            self.unexpected.append(answer)
        return answer.status_code == 202

    def _items(self, person: str) -> list[dict[str, Any]]:
        url = f"http://127.0.0.1:{self.environment['PLAYHEAD_QUERY_PORT']}/api/progress"
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        with httpx.Client(headers=self._headers(person), timeout=30) as http:
            while True:
                page = http.get(url, params={"userId": person} | ({"cursor": cursor} if cursor else {}))
                page.raise_for_status()
                found += page.json()["items"]
                cursor = page.json().get("nextCursor")
                if cursor is None:
                    return found

    def _headers(self, person: str) -> dict[str, str]:
        settings = TokenSettings(
            environment="development", token_secret=SecretStr(self.environment["PLAYHEAD_TOKEN_SECRET"])
        )
        return {"Authorization": f"Bearer {mint_development_token(settings, TENANT, UserId(person))}"}
