"""Health and metrics of a service that serves nothing else over HTTP."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple

from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder

ReadyCheck = Callable[[], str | None]
"""None when the service can do its work, else why not, for a person to read; called on other threads."""

_TEXT = "text/plain; charset=utf-8"
_CLIENT_SECONDS = 10.0
"""A client that connects and asks nothing would hold a thread for ever."""

_log = logging.getLogger(__name__)


class ProbeAddressError(OSError):
    """The probe cannot listen where it should."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"cannot serve health and metrics on {host}:{port}: {reason}")
        self.host = host
        self.port = port


class Probe:
    """Serves `/healthz`, `/readyz` and `/metrics` (prometheus_client's default registry) on a daemon thread.

    `/healthz` is 200 while the process lives; `/readyz` is 200, or 503 with the reason that `ready` gives.
    """

    def __init__(self, host: str, port: int, ready: ReadyCheck) -> None:
        self._ready = ready
        self._host = host
        self._asked_port = port
        self._server: ThreadingHTTPServer | None = None

    @property
    def port(self) -> int:
        """Where it listens: chosen by the system when 0 was asked for."""
        return self._asked_port if self._server is None else self._server.server_port

    def start(self) -> None:
        """Listen, and return at once.

        Raises:
            ProbeAddressError: the address is taken, or not this machine's.
        """
        ready = self._ready

        class Handler(_Handler):
            def answer(self) -> _Answer:
                return _answer(self.path, self.headers.get("Accept", ""), ready)

        try:
            self._server = ThreadingHTTPServer((self._host, self._asked_port), Handler)
        except OSError as error:
            raise ProbeAddressError(self._host, self._asked_port, error.strerror or str(error)) from error
        Thread(target=self._server.serve_forever, args=(0.1,), name="probe", daemon=True).start()

    def close(self) -> None:
        """Stop listening; a probe never started is closed already."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


class _Answer(NamedTuple):
    status: int
    content_type: str
    body: bytes


def _answer(path: str, accept: str, ready: ReadyCheck) -> _Answer:
    route = path.partition("?")[0]
    if route == "/healthz":
        return _Answer(200, _TEXT, b"ok\n")
    if route == "/readyz":
        reason = _reason(ready)
        return (
            _Answer(200, _TEXT, b"ready\n") if reason is None else _Answer(503, _TEXT, f"{reason}\n".encode())
        )
    if route == "/metrics":
        encode, content_type = choose_encoder(accept)
        return _Answer(200, content_type, encode(REGISTRY))
    return _Answer(404, _TEXT, b"there is /healthz, /readyz and /metrics\n")


def _reason(ready: ReadyCheck) -> str | None:
    try:
        return ready()
    except Exception:  # noqa: BLE001 - a broken check means not ready, and the prober is told
        _log.exception("the readiness check failed")
        return "the readiness check failed: see the log"


class _Handler(BaseHTTPRequestHandler):
    timeout = _CLIENT_SECONDS

    def answer(self) -> _Answer:
        raise NotImplementedError

    def do_GET(self) -> None:
        answer = self.answer()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parameter's name upstream
        """Probes ask every few seconds; their questions are no news."""
