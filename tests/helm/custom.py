"""Whether custom resources have only fields that their definitions have; `custom_fields.yaml` lists these."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

FIELDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("custom_fields.yaml").read_text("utf-8"))


def is_custom(manifest: dict[str, Any]) -> bool:
    """Whether it is of a kind that Kubernetes itself does not have."""
    group = manifest["apiVersion"].partition("/")[0]
    return "." in group and not (group.endswith(".k8s.io") and group != "gateway.networking.k8s.io")


def wrong_fields(manifest: dict[str, Any]) -> list[str]:
    """Each field of the spec that the kind does not have, or whose value it does not allow."""
    known = FIELDS[f"{manifest['apiVersion']}/{manifest['kind']}"]
    return list(_wrong(manifest["spec"], known, "spec"))


def _wrong(given: Any, known: Any, path: str) -> Iterator[str]:
    match known:
        case "*":
            return
        case list():
            if given not in known:
                yield f"{path} is {given!r}, not one of {known}"
        case {"[]": each} if isinstance(given, list):
            for number, item in enumerate(given):
                yield from _wrong(item, each, f"{path}[{number}]")
        case dict() if isinstance(given, dict):
            for name, value in given.items():
                if name in known:
                    yield from _wrong(value, known[name], f"{path}.{name}")
                else:
                    yield f"{path}.{name} is unknown"
        case _:
            yield f"{path} is a {type(given).__name__}"
