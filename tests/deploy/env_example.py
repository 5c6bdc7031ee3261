"""deploy/.env.example: what it offers, and a filled-in copy."""

from __future__ import annotations

import re

from tests.deploy.compose import DEPLOY

_LINE = re.compile(r"(?m)^(?P<off># )?(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>.*)$")


def offered() -> dict[str, str]:
    """Each variable with the value that stands there, those behind a `#` included."""
    return {found["name"]: found["value"] for found in _matches()}


def required() -> set[str]:
    """Those that stand there without a value, to be filled in."""
    return {found["name"] for found in _matches() if not found["off"] and not found["value"]}


def filled_in() -> dict[str, str]:
    """The file with only the required values filled in."""
    secrets = {name: f"{number:064x}" for number, name in enumerate(sorted(required()), start=1)}
    return secrets | {"PLAYHEAD_TOKEN_SECRET": f"{0:064x}"}


def with_public_keys() -> dict[str, str]:
    """The same, with an issuer's keys in place of the secret."""
    tokens = {name: value for name, value in offered().items() if name.startswith("PLAYHEAD_TOKEN_")}
    return {name: value for name, value in (filled_in() | tokens).items() if name != "PLAYHEAD_TOKEN_SECRET"}


def _matches() -> list[re.Match[str]]:
    return list(_LINE.finditer((DEPLOY / ".env.example").read_text("utf-8")))
