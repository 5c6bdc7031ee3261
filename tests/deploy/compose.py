"""compose.yaml as the client reads it: merged, and interpolated from an `.env`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from playhead.settings import IngestSettings, MigrateSettings, ProcessorSettings, QuerySettings, SinkSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playhead.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"

SETTINGS: dict[str, type[Settings]] = {
    "migrate": MigrateSettings,
    "ingest": IngestSettings,
    "processor": ProcessorSettings,
    "sink": SinkSettings,
    "query": QuerySettings,
}
"""Ours, by the name in compose.yaml."""
LISTENING = {name: kind for name, kind in SETTINGS.items() if name != "migrate"}
STORES = {"kafka", "postgres", "valkey"}

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class MissingVariableError(Exception):
    """A `${NAME:?message}` without a value."""


@cache
def compose() -> dict[str, Any]:
    """The file with its anchors merged, and nothing interpolated."""
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return loaded


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def environment(service: str, given: Mapping[str, str]) -> dict[str, str]:
    """What the container gets: `given` is the `.env`."""
    declared: dict[str, Any] = services()[service].get("environment", {})
    handed_on = {name: given[name] for name, value in declared.items() if value is None and name in given}
    own = {name: interpolate(str(value), given) for name, value in declared.items() if value is not None}
    return handed_on | own


def interpolate(text: str, given: Mapping[str, str]) -> str:
    """Resolve `${NAME}`, `${NAME:-default}` and `${NAME:?message}`, one within another included."""
    start = text.find("${")
    if start < 0:
        return text
    end = _closing(text, start + 2)
    value = _resolve(text[start + 2 : end], given)
    return text[:start] + value + interpolate(text[end + 1 :], given)


def _closing(text: str, position: int) -> int:
    depth = 1
    while True:
        if text.startswith("${", position):
            depth += 1
        elif text[position] == "}":
            depth -= 1
            if depth == 0:
                return position
        position += 1


def _resolve(expression: str, given: Mapping[str, str]) -> str:
    name = _NAME.match(expression)
    assert name, expression
    rest = expression[name.end() :]
    if value := given.get(name[0], ""):
        return value
    match rest[:2]:
        case "":
            return ""
        case ":-":
            return interpolate(rest[2:], given)
        case ":?":
            raise MissingVariableError(rest[2:])
    raise AssertionError(f"${{{expression}}} is of no form that is known here")


def variables() -> set[str]:
    """Every variable that the file takes from the `.env`."""
    handed_on = {
        name
        for service in services().values()
        for name, value in service.get("environment", {}).items()
        if value is None
    }
    written = re.sub(r"(?m)^\s*#.*$", "", (DEPLOY / "compose.yaml").read_text("utf-8"))
    return handed_on | set(re.findall(r"\$\{([A-Z_]+)", written))


def strings(node: object) -> Iterator[str]:
    """Every string in a part of the file."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)


def check_everything(given: Mapping[str, str]) -> None:
    """Interpolate the whole file, as the client does before anything else."""
    for each in strings(compose()):
        interpolate(each, given)
