"""What `playhead up --demo` adds: sign-in links, a browser where there is a screen, a history."""

from __future__ import annotations

import asyncio
import re
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import msgspec
import pytest
from redis import Redis

from operations.demo import start as demo
from operations.demo.audience.habits import Habits
from operations.demo.audience.organisation import ADMINISTRATOR, LEARNER, MANAGER
from operations.demo.load_directory import sign_in
from operations.demo.load_history import load_history
from operations.local.data_dir import DataDir
from playhead.identity import SignInCode
from playhead.settings import SignInSettings, TokenSettings
from playhead.wire.redis_keys import RedisKeys

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
LINK = re.compile(r"^http://127\.0\.0\.1:8080/#code=(\S+)$", re.MULTILINE)


class Ingest(BaseHTTPRequestHandler):
    """Accepts every heartbeat, or none."""

    taken: list[str]
    status: int

    def do_POST(self) -> None:
        body = msgspec.json.decode(self.rfile.read(int(self.headers["Content-Length"])))
        if self.status == 202:
            self.taken += [each["heartbeatId"] for each in body.get("heartbeats", [body])]
        self.send_response(self.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class's name
        """Keep the test's output free of requests."""


@contextmanager
def ingest(status: int = 202) -> Iterator[tuple[str, list[str]]]:
    taken: list[str] = []
    handler = type("Handler", (Ingest,), {"taken": taken, "status": status})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", taken
        finally:
            server.shutdown()
            serving.join()


def loaded(url: str, marker: Path, now: datetime = NOW) -> list[str]:
    """Load the history and return the reports."""
    said: list[str] = []
    asyncio.run(load_history(url, TokenSettings(), marker, now, said.append))
    return said


def test_the_history_is_loaded_once(tmp_path: Path) -> None:
    with ingest() as (url, taken):
        (line,) = loaded(url, tmp_path / "loaded")
        count = int(re.findall(r"(\d+) heartbeats", line)[0])
        assert count > 5_000
        assert len(set(taken)) == len(taken) == count
        assert loaded(url, tmp_path / "loaded") == []
        assert len(taken) == count


def test_loaded_again_after_an_interruption_it_is_the_same(tmp_path: Path) -> None:
    with ingest() as (url, taken):
        loaded(url, tmp_path / "first")
        first = set(taken)
        loaded(url, tmp_path / "second", NOW.replace(minute=7))
        assert len(set(taken) - first) < 0.02 * len(first)  # what happened in the seven minutes


def test_refusals_are_reported_and_do_not_keep_the_demo_from_starting(tmp_path: Path) -> None:
    with ingest(status=422) as (url, _):
        reported = loaded(url, tmp_path / "loaded")
    assert "were refused: 422" in reported[-1]


@pytest.mark.services
def test_three_links_sign_three_people_in(redis_url: str) -> None:
    links = sign_in(8080, SignInSettings(redis_url=redis_url)).plain
    claims = [claims_of(code, redis_url) for code in LINK.findall(links)]
    people = [(each["sub"], each["roles"]) for each in claims]
    user = Habits().user
    assert people == [(user(LEARNER), []), (user(MANAGER), ["manager"]), (user(ADMINISTRATOR), ["admin"])]
    assert "Amara Okafor" in links


def claims_of(code: str, redis_url: str) -> dict[str, Any]:
    """Return the claims of the token of a link's code."""
    with Redis.from_url(redis_url) as redis:
        token = redis.get(RedisKeys().sign_in(SignInCode(code).digest))
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False}, audience="playhead")
    return claims


def test_the_people_of_the_links_are_not_simulated() -> None:
    assert {f"--away={number}" for number in (LEARNER, MANAGER, ADMINISTRATOR)} < set(demo.AUDIENCE)


@pytest.mark.parametrize(
    ("environment", "platform", "terminal", "there"),
    [
        ({"DISPLAY": ":0"}, "linux", True, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True, True),
        ({}, "darwin", True, True),
        ({}, "linux", True, False),
        ({"DISPLAY": ""}, "linux", True, False),
        ({"DISPLAY": ":0"}, "linux", False, False),
        ({}, "darwin", False, False),
    ],
)
def test_a_browser_is_opened_only_where_there_is_a_screen(
    environment: dict[str, str],
    platform: str,
    terminal: bool,
    there: bool,
) -> None:
    assert demo.is_there(environment, platform, terminal=terminal) is there


@pytest.mark.services
@pytest.mark.parametrize("there", [True, False])
def test_it_opens_the_learner_s_library(
    there: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    redis_url: str,
) -> None:
    opened: list[str] = []
    came = threading.Event()
    monkeypatch.setattr(demo, "is_there", lambda *_, **__: there)
    monkeypatch.setattr(webbrowser, "open", lambda url: (opened.append(url), came.set()))
    said: list[object] = []
    demo.Demo(DataDir(tmp_path), 8080, SignInSettings(redis_url=redis_url), said.append).open()
    if not there:
        assert (opened, said) == ([], [])
        return
    assert came.wait(10)
    (code,) = LINK.findall(opened[0])
    assert claims_of(code, redis_url)["sub"] == Habits().user(LEARNER)
    assert "--no-browser" in str(said[0])
