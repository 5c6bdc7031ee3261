"""Free ports on 127.0.0.1, chosen so that a server can have the same one after a restart."""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import tempfile
from collections import OrderedDict
from pathlib import Path

_LOWEST, _HIGHEST = 20_000, 32_000
"""Below Linux's ephemeral range (32768 up): there, a client that keeps trying a stopped store's port may be
given that very port for its own end, connect to itself, and keep the store from coming back."""
_ATTEMPTS = 200
_MOST_RESERVED = 256
"""Of one process: each keeps a file open. The oldest is given up first; by then a server listens there."""
_reserved: OrderedDict[int, int] = OrderedDict()
"""Port -> the descriptor of its locked file; the locks end with the process."""


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
    """Return the preferred port if it is free, else a free one, never one of `taken`.

    Until this process ends, no other process of this user is given the port here, although nothing may listen
    there yet, or not while its server is restarted.
    """
    if preferred is not None and preferred not in taken and is_free(preferred) and _reserve(preferred):
        return preferred
    for _ in range(_ATTEMPTS):
        port = _LOWEST + secrets.randbelow(_HIGHEST - _LOWEST)
        if port not in taken and port not in _reserved and is_free(port) and _reserve(port):
            return port
    raise OSError(f"no free port found between {_LOWEST} and {_HIGHEST} on 127.0.0.1")


def _reserve(port: int) -> bool:
    """Lock the port's file; False if another process holds it."""
    if port in _reserved:
        return True
    directory = Path(tempfile.gettempdir()) / f"playhead-ports-{os.getuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(directory / str(port), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    _reserved[port] = descriptor
    if len(_reserved) > _MOST_RESERVED:
        _, oldest = _reserved.popitem(last=False)
        os.close(oldest)
    return True
