"""The Lua scripts of the hot store, from the files beside this module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha1
from typing import Any

from redis.exceptions import NoScriptError

from playhead.redis.connection import AsyncRedis
from playhead.resources import read_text


class LuaScript:
    """A script, sent to a server once and then called by its digest."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._digest = sha1(text.encode(), usedforsecurity=False).hexdigest()

    async def __call__(self, client: AsyncRedis, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Run it where the keys are."""
        try:
            return await client.evalsha(self._digest, len(keys), *keys, *args)
        except NoScriptError:
            return await client.eval(self._text, len(keys), *keys, *args)


@dataclass(frozen=True, slots=True)
class Scripts:
    """All scripts."""

    claim: LuaScript
    load: LuaScript
    restore: LuaScript
    write: LuaScript


def scripts(*, is_cluster: bool) -> Scripts:
    """The scripts for one server, or for a node of Redis Cluster.

    A cluster has no keys of former releases, and its live channels are sharded.
    """
    first = f"local in_cluster = {str(is_cluster).lower()}"
    claim, *others, people = (read_text("stream_processors.stores", f"{name}.lua") for name in _FILES)
    load, restore, write = (LuaScript(f"{first}\n{people}\n{each}") for each in others)
    return Scripts(LuaScript(f"{first}\n{claim}"), load, restore, write)


_FILES = ("claim", "load", "restore", "write", "erased_tenants")
