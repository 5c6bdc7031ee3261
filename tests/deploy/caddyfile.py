"""deploy/Caddyfile as its blocks: how it decides where a request goes."""

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


def methods(matcher: str) -> set[str]:
    return set(_one(r"^\s*method (.+)$", block(f"\t{matcher}")).split())


def asked_for() -> set[str]:
    """What a preflight may ask for to be ingest's: values of one header are alternatives."""
    return set(re.findall(r"header Access-Control-Request-Method (\S+)", block("\t@asks")))


def path(matcher: str) -> re.Pattern[str]:
    """Go's `$` is Python's `\\Z`: neither lets a last newline pass."""
    return re.compile(_one(r"^\s*path_regexp (\S+)$", block(f"\t{matcher}")).replace("$", r"\Z"))


def upstream_of(handler: str) -> str:
    """`host:port` that a handler passes requests to."""
    return _one(r"reverse_proxy (\S+) \{", handler)


def _one(pattern: str, text: str) -> str:
    (found,) = re.findall(pattern, text, re.MULTILINE)
    return str(found)
