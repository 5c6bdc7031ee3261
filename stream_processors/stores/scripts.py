"""The Lua scripts of the hot store, from the files beside this module."""

from __future__ import annotations

from playhead.resources import read_text


def _script(*names: str) -> str:
    return "\n".join(read_text("stream_processors.stores", f"{name}.lua") for name in names)


CLAIM = _script("claim")
LOAD, RESTORE, WRITE = (_script("erased_tenants", name) for name in ("load", "restore", "write"))
