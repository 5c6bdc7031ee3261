"""An issuer of tokens that signs none of them, as the broker of the tests takes them."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

SECRET = "of the client"


class _Issuer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        client, _, secret = base64.b64decode(self.headers["Authorization"].split()[1]).decode().partition(":")
        if secret != SECRET or form["grant_type"] != ["client_credentials"]:
            self.send_response(401)
            self.end_headers()
            return
        now = time.time()
        token = f"{_part(alg='none')}.{_part(sub=client, iat=now, exp=now + 300)}."
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"access_token": token, "expires_in": 300}).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _part(**claims: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")


@contextmanager
def issuing() -> Iterator[str]:
    """The URL of a running issuer."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Issuer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/token"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
