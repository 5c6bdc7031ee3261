"""deploy/Caddyfile as text: how it decides where a request goes."""

from __future__ import annotations

import re

from tests.deploy.compose import DEPLOY

TEXT = (DEPLOY / "Caddyfile").read_text("utf-8")


def block(opening: str) -> str:
    """What stands between the braces after a line."""
    start = TEXT.index(f"{opening} {{\n") + len(opening) + 3
    depth, position = 1, start
    while depth:
        depth += {"{": 1, "}": -1}.get(TEXT[position], 0)
        position += 1
    return TEXT[start : position - 1]


def upstream_for(method: str, path: str, asks_for: str | None = None) -> str:
    """The service that gets a request; a preflight `asks_for` a method."""
    saves = _matches("@saves", method, path)
    asks = _matches("@asks", method, path) and asks_for in _asked_for()
    return "ingest" if saves or asks or _is_of("@statements", path) else "query"


def upstream_of(matcher: str) -> tuple[str, str]:
    """The variable that names the service of a matcher, and its default, `host:port`."""
    ((variable, default),) = re.findall(
        rf"^\treverse_proxy {matcher}\{{\$([A-Z_]+):(\S+)\}} \{{$", TEXT, re.MULTILINE
    )
    return variable, default


def _matches(matcher: str, method: str, path: str) -> bool:
    text = block(f"\t{matcher}")
    methods = _one(r"^\s*method (.+)$", text).split()
    return method in methods and _is_of(matcher, path)


def _is_of(matcher: str, path: str) -> bool:
    # Go's `$` is Python's `\Z`: neither lets a last newline pass.
    pattern = _one(r"^\s*path_regexp (\S+)$", block(f"\t{matcher}")).replace("$", r"\Z")
    return re.search(pattern, path) is not None


def _asked_for() -> set[str]:
    """What a preflight may ask for to be ingest's: values of one header are alternatives."""
    return set(re.findall(r"header Access-Control-Request-Method (\S+)", block("\t@asks")))


def _one(pattern: str, text: str) -> str:
    (found,) = re.findall(pattern, text, re.MULTILINE)
    return str(found)
