"""Free ports on 127.0.0.1, chosen so that a server can have the same one after a restart."""

from __future__ import annotations

import secrets
import socket

_LOWEST, _HIGHEST = 20_000, 32_000
"""Below Linux's ephemeral range (32768 up): there, a client that keeps trying a stopped store's port may be
given that very port for its own end, connect to itself, and keep the store from coming back."""
_ATTEMPTS = 200


def is_free(port: int) -> bool:
    """Return whether a server could listen there now; connections in TIME_WAIT do not prevent it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def choose(preferred: int | None = None, *, taken: frozenset[int] = frozenset()) -> int:
    """Return the preferred port if it is free, else a free one, never one of `taken`."""
    if preferred is not None and preferred not in taken and is_free(preferred):
        return preferred
    for _ in range(_ATTEMPTS):
        port = _LOWEST + secrets.randbelow(_HIGHEST - _LOWEST)
        if port not in taken and is_free(port):
            return port
    raise OSError(f"no free port found between {_LOWEST} and {_HIGHEST} on 127.0.0.1")
