"""Health, readiness and metrics: `/healthz`, `/readyz` and `/metrics`, as every service answers them.

`answer_health` is the answer itself. `HealthServer` serves it for a service that has no other HTTP interface;
the HTTP services route to it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

from playhead.workers.reports import WorkerMembership

ReasonCheck = Callable[[], str | None]
"""Why a service cannot do its work, for a person to read; None if it can. May be called on any thread."""

_TEXT = "text/plain; charset=utf-8"
_CLIENT_SECONDS = 10.0
"""A client that connects and sends no request would otherwise hold a thread for ever."""

_log = logging.getLogger(__name__)


class HealthAddressError(OSError):
    """The health server cannot listen on its address."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"cannot serve health and metrics on {host}:{port}: {reason}")
        self.host = host
        self.port = port


class HealthAnswer(NamedTuple):
    """A response."""

    status: int
    content_type: str
    body: bytes


def answer_health(
    path: str,
    accept: str,
    unready_reason: ReasonCheck = lambda: None,
    degraded_reason: ReasonCheck = lambda: None,
) -> HealthAnswer:
    """Answer a request for one of the three paths; 404 for any other.

    Args:
        path: The path of the request; a query is ignored.
        accept: The Accept header; selects the format of the metrics.
        unready_reason: `/readyz` answers 503 with this reason, or 200 if there is none.
        degraded_reason: The text of a 200 from `/readyz`, for what concerns only a part of the service.
    """
    match path.partition("?")[0]:
        case "/healthz":
            return HealthAnswer(200, _TEXT, b"ok\n")
        case "/readyz":
            reason = _checked(unready_reason)
            text = reason or degraded_reason() or "ready"
            return HealthAnswer(503 if reason else 200, _TEXT, f"{text}\n".encode())
        case "/metrics":
            encode, content_type = choose_encoder(accept)
            return HealthAnswer(200, content_type, encode(_registry()))
    return HealthAnswer(404, _TEXT, b"there is /healthz, /readyz and /metrics\n")


def _registry() -> CollectorRegistry:
    """The metrics of this process, or the sum over all workers of the service to which it belongs."""
    if WorkerMembership.of(os.environ) is None:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _checked(unready_reason: ReasonCheck) -> str | None:
    try:
        return unready_reason()
    except Exception:  # noqa: BLE001 - a check that fails in an unforeseen way means not ready
        _log.exception("the readiness check failed")
        return "the readiness check failed: see the log"


class HealthServer:
    """Serves `answer_health` on a daemon thread."""

    def __init__(self, host: str, port: int, unready_reason: ReasonCheck) -> None:
        self._unready_reason = unready_reason
        self._host = host
        self._configured_port = port
        self._server: ThreadingHTTPServer | None = None

    @property
    def port(self) -> int:
        """The port it listens on; the system chooses one if 0 is configured."""
        return self._configured_port if self._server is None else self._server.server_port

    def start(self) -> None:
        """Listen, and return at once.

        Raises:
            HealthAddressError: the address is in use, or does not belong to this machine.
        """
        unready_reason = self._unready_reason

        class Handler(_Handler):
            def answer(self) -> HealthAnswer:
                return answer_health(self.path, self.headers.get("Accept", ""), unready_reason)

        try:
            self._server = ThreadingHTTPServer((self._host, self._configured_port), Handler)
        except OSError as error:
            raise HealthAddressError(
                self._host, self._configured_port, error.strerror or str(error)
            ) from error
        Thread(target=self._server.serve_forever, args=(0.1,), name="health", daemon=True).start()

    def close(self) -> None:
        """Stop listening; does nothing before `start`."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    timeout = _CLIENT_SECONDS

    def answer(self) -> HealthAnswer:
        raise NotImplementedError

    def do_GET(self) -> None:
        answer = self.answer()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Log nothing: supervisors send these requests every few seconds."""
