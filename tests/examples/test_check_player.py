"""The conformance script for native players names each mistake by its field, and none of a right player."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import httpx
import pytest

SCRIPT = Path(__file__).parents[2] / "docs" / "examples" / "check_player.py"
ITEM, SESSION = str(UUID(int=1)), str(UUID(int=2))


def loaded() -> Any:
    spec = spec_from_file_location("check_player", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


CHECK = loaded()


def beat(number: int, event: str = "heartbeat") -> dict[str, Any]:
    """The heartbeat after so many seconds of playing, ten by ten."""
    seconds = number * 10
    return {
        "contentId": ITEM,
        "sessionId": SESSION,
        "heartbeatId": str(UUID(int=100 + number)),
        "sequence": number,
        "event": event,
        "occurredAt": f"2026-11-22T10:00:{seconds:02}Z",
        "metadata": {
            "watchTimeSeconds": seconds,
            "lastPositionSeconds": seconds,
            "durationSeconds": 60,
            "watchedSegments": [[0, seconds]],
        },
    }


def sent(*beats: dict[str, Any], status: int = 202) -> Any:
    body = beats[0] if len(beats) == 1 else {"heartbeats": beats}
    path = "/api/progress" if len(beats) == 1 else "/api/progress/batch"
    return CHECK.Exchange("POST", path, {"authorization": "Bearer ey"}, json.dumps(body), status)


def right() -> list[Any]:
    """A player that has to wait, and sends what waits in one batch."""
    return [sent(beat(1)), sent(beat(2), status=503), sent(beat(2), beat(3, "pause"))]


def test_a_right_player_is_told_of_nothing() -> None:
    assert CHECK.findings(right()) == []


def changed(**fields: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda each: each | fields


def measured(**fields: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda each: each | {"metadata": each["metadata"] | fields}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (changed(contentId="film"), "contentId"),
        (changed(sessionId=None), "sessionId"),
        (changed(heartbeatId=3), "heartbeatId"),
        (changed(sequence=1), "sequence"),
        (changed(occurredAt="2026-11-22 10:00"), "occurredAt: is to be a time"),
        (changed(occurredAt="2026-11-22T09:00:00Z"), "occurredAt: goes back"),
        (changed(occurredAt="2026-11-22T10:09:00Z"), "occurredAt: 530 s after"),
        (measured(watchTimeSeconds=40), "metadata.watchTimeSeconds: grows faster"),
        (measured(watchTimeSeconds=2), "metadata.watchTimeSeconds: is of the whole session"),
        (measured(watchedSegments=None), "metadata.watchedSegments: is missing"),
        (measured(watchedSegments=[[0, 12], [11, 20]]), "metadata.watchedSegments: are to be"),
        (measured(watchedSegments=[[0, 90]]), "metadata.watchedSegments: reach beyond"),
        (measured(watchedSegments=[[10, 20]]), "metadata.watchedSegments: are of the whole session"),
        (changed(event="heartbeat"), f"session {SESSION}: it ends with"),
    ],
)
def test_each_mistake_is_named(change: Callable[[Any], Any], message: str) -> None:
    said = CHECK.findings([sent(beat(1)), sent(change(beat(2, "pause")))])
    assert any(message in each for each in said), said


def test_what_was_not_saved_is_missed_and_another_body_under_one_id_is_found() -> None:
    lost = [sent(beat(1), status=0), sent(beat(2, "pause"))]
    assert CHECK.findings(lost) == ["request 1: not saved, and its heartbeat was not sent again"]
    other = [sent(beat(1)), sent(beat(1) | {"event": "pause"}), sent(beat(2, "pause"))]
    assert CHECK.findings(other) == ["request 2: heartbeatId: sent before with other content"]
    unidentified = CHECK.Exchange("POST", "/api/progress", {}, json.dumps(beat(1, "pause")), 401)
    assert CHECK.findings([unidentified]) == ["request 1: Authorization: there is no bearer token"]
    assert CHECK.findings([]) == ["there is no POST to /api/progress or /api/progress/batch"]


def test_a_har_file_is_judged_from_the_command_line(tmp_path: Path) -> None:
    entries = [
        {
            "request": {
                "method": each.method,
                "url": f"https://playhead.example.org{each.path}",
                "headers": [{"name": "Authorization", "value": "Bearer ey"}],
                "postData": {"text": each.body},
            },
            "response": {"status": each.status},
        }
        for each in right()
    ]
    for kept, code, said in ((3, 0, "nothing is wrong"), (2, 1, "was not sent again")):
        path = tmp_path / f"{kept}.har"
        path.write_text(json.dumps({"log": {"entries": entries[:kept]}}))
        ran = subprocess.run(
            [sys.executable, SCRIPT, path], capture_output=True, text=True, check=False, env=os.environ
        )
        assert (ran.returncode, said in ran.stdout) == (code, True), ran.stdout + ran.stderr


def test_as_a_proxy_it_forwards_and_records() -> None:
    class Ingest(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(503)
            self.send_header("Retry-After", "7")
            self.end_headers()
            self.wfile.write(b'{"title":"Not saved"}')

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    ingest = ThreadingHTTPServer(("127.0.0.1", 0), Ingest)
    server, recorded = CHECK.proxy(f"http://127.0.0.1:{ingest.server_port}", 0)
    for each in (ingest, server):
        Thread(target=each.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        answer = httpx.post(
            f"http://127.0.0.1:{server.server_port}/api/progress",
            json=beat(1, "pause"),
            headers={"Authorization": "Bearer ey"},
        )
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
        assert answer.json() == {"title": "Not saved"}
        said = CHECK.findings(recorded)
        assert said == ["request 1: not saved, and its heartbeat was not sent again"]
    finally:
        for each in (server, ingest):
            each.shutdown()
            each.server_close()
