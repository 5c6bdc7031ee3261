"""Judge what a player of your own sent to Playhead. Python 3.11 and nothing else.

    python check_player.py recorded.har
    python check_player.py --proxy https://playhead.example.org --port 8090

The first is what a debugging proxy recorded; through the second the player plays, and Ctrl-C judges.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

SAVES = ("/api/progress", "/api/progress/batch")
LONGEST_GAP_S = 30
SLACK_S = 1
RETRIED = {0, 408, 429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Exchange:
    """A request and its answer; status 0 is that none came."""

    method: str
    path: str
    headers: dict[str, str]
    body: str
    status: int


@dataclass
class Session:
    """What a session has said so far."""

    sequence: int = -1
    at: datetime | None = None
    event: str = ""
    watch_s: float = 0
    segments: list[list[float]] = field(default_factory=list)


def findings(exchanges: list[Exchange]) -> list[str]:
    """What is wrong, in the order of the requests, each with its request and field."""
    sessions: dict[str, Session] = {}
    waiting: dict[str, int] = {}
    found: list[str] = []
    saves = [each for each in exchanges if each.method == "POST" and urlsplit(each.path).path in SAVES]
    if not saves:
        return ["there is no POST to /api/progress or /api/progress/batch"]
    seen: dict[str, Any] = {}
    for number, exchange in enumerate(saves, 1):
        try:
            body = json.loads(exchange.body)
            beats = body.get("heartbeats", [body])
        except (ValueError, AttributeError):
            found.append(f"request {number}: the body is not a JSON object")
            continue
        has_token = exchange.headers.get("authorization", "").startswith("Bearer ") or "token" in body
        said = [] if has_token else ["Authorization: there is no bearer token"]
        for beat in beats:
            name = str(beat.get("heartbeatId"))
            if name in seen and name != "None":
                said += [] if seen[name] == beat else ["heartbeatId: sent before with other content"]
            else:
                said += _of_heartbeat(beat, sessions)
            seen[name] = beat
            if exchange.status in RETRIED:
                waiting[name] = number
            else:
                waiting.pop(name, None)
        found += [f"request {number}: {each}" for each in said]
    found += [f"request {each}: not saved, and its heartbeat was not sent again" for each in waiting.values()]
    for name, session in sessions.items():
        if session.event not in {"pause", "ended", "close"}:
            found.append(f"session {name}: it ends with `{session.event}`, and nothing says where it stopped")
    return found


def _of_heartbeat(beat: dict[str, Any], sessions: dict[str, Session]) -> Iterator[str]:
    for name in ("contentId", "sessionId", "heartbeatId"):
        if not _is_uuid(beat.get(name)):
            yield f"{name}: is to be a UUID"
    at = _time(beat.get("occurredAt"))
    if at is None:
        yield "occurredAt: is to be a time with a zone, such as 2026-11-22T10:00:00.000Z"
    metadata = beat.get("metadata") or {}
    session = sessions.setdefault(str(beat.get("sessionId")), Session())
    if not isinstance(beat.get("sequence"), int) or beat["sequence"] <= session.sequence:
        yield "sequence: is to grow with each heartbeat of the session"
    else:
        session.sequence = beat["sequence"]
    watch_s = float(metadata.get("watchTimeSeconds", 0))
    if at is not None and session.at is not None:
        passed = (at - session.at).total_seconds()
        if passed < 0:
            yield "occurredAt: goes back within the session"
        if watch_s - session.watch_s > passed + SLACK_S:
            yield "metadata.watchTimeSeconds: grows faster than the clock; it is time spent, not media played"
        if session.event == "heartbeat" and passed > LONGEST_GAP_S:
            yield f"occurredAt: {passed:.0f} s after the last, while it plays; send one every 10 s"
    if watch_s < session.watch_s:
        yield "metadata.watchTimeSeconds: is of the whole session, and never shrinks"
    yield from _of_segments(metadata, session.segments)
    session.at, session.watch_s, session.event = at or session.at, watch_s, str(beat.get("event"))
    session.segments = metadata.get("watchedSegments") or session.segments


def _of_segments(metadata: dict[str, Any], before: list[list[float]]) -> Iterator[str]:
    segments = metadata.get("watchedSegments")
    if segments is None:
        yield "metadata.watchedSegments: is missing, so the progress is claimed, not watched"
        return
    ends = [0.0, *(point for segment in segments for point in segment)]
    if any(earlier > later for earlier, later in pairwise(ends)):
        yield "metadata.watchedSegments: are to be [start, end) in order, apart, not below 0"
    if segments and segments[-1][1] > (metadata.get("durationSeconds") or float("inf")) + SLACK_S:
        yield "metadata.watchedSegments: reach beyond durationSeconds"
    lost = [old for old in before if not any(new[0] <= old[0] and old[1] <= new[1] for new in segments)]
    if lost:
        yield f"metadata.watchedSegments: are of the whole session; {lost[0]} is missing now"


def _is_uuid(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False


def _time(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None


def read_har(text: str) -> list[Exchange]:
    """The requests of a HAR file, as debugging proxies write it."""
    return [
        Exchange(
            request["method"],
            urlsplit(request["url"]).path,
            {each["name"].lower(): each["value"] for each in request["headers"]},
            (request.get("postData") or {}).get("text", ""),
            entry["response"]["status"],
        )
        for entry in json.loads(text)["log"]["entries"]
        for request in [entry["request"]]
    ]


def proxy(target: str, port: int) -> tuple[ThreadingHTTPServer, list[Exchange]]:
    """A server that forwards to `target`, and what it has forwarded."""
    recorded: list[Exchange] = []
    host = urlsplit(target)
    connect = http.client.HTTPSConnection if host.scheme == "https" else http.client.HTTPConnection

    class Forward(BaseHTTPRequestHandler):
        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            status, answer, kind, wait = 502, b"", "text/plain", None
            try:
                connection = connect(host.netloc, timeout=60)
                connection.request(self.command, self.path, body, headers)
                came = connection.getresponse()
                status, answer = came.status, came.read()
                kind, wait = came.getheader("Content-Type", kind), came.getheader("Retry-After")
            except OSError as error:
                answer = str(error).encode()
            lowered = {name.lower(): value for name, value in headers.items()}
            recorded.append(Exchange(self.command, self.path, lowered, body.decode(errors="replace"), status))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            if wait is not None:
                self.send_header("Retry-After", wait)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing: addresses name people."""

    for method in ("GET", "POST", "PUT", "DELETE"):
        setattr(Forward, f"do_{method}", Forward.forward)
    return ThreadingHTTPServer(("127.0.0.1", port), Forward), recorded


def main() -> int:
    """Print what is wrong; the exit code is 1 where something is."""
    parser = argparse.ArgumentParser(description="Judge what a player sent to Playhead.")
    parser.add_argument("har", nargs="?", type=Path, help="a HAR file")
    parser.add_argument("--proxy", help="forward to this service until Ctrl-C, and judge what was sent")
    parser.add_argument("--port", type=int, default=8090)
    options = parser.parse_args()
    if (options.har is None) == (options.proxy is None):
        parser.error("name a HAR file, or --proxy with the service")
    if options.proxy:
        server, exchanges = proxy(options.proxy, options.port)
        sys.stdout.write(
            f"http://127.0.0.1:{server.server_port} forwards to {options.proxy}; Ctrl-C judges\n"
        )
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            server.server_close()
    else:
        exchanges = read_har(options.har.read_text())
    wrong = findings(exchanges)
    sys.stdout.write("\n".join(wrong or ["nothing is wrong with what was sent"]) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
