"""The chart, rendered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import helm_python
import yaml

from tests.helm.settings_list import CHART

Manifest = dict[str, Any]

EXAMPLES = {path.parent.name: path for path in sorted((CHART.parent / "examples").glob("*/values.yaml"))}
STORES = sorted((CHART.parent / "examples").glob("*/stores.yaml"))

LEAST: dict[str, Any] = {
    "settings": {
        "PLAYHEAD_KAFKA_SERVERS": "kafka:9092",
        "PLAYHEAD_POSTGRES_DSN": "postgresql://playhead_writer@postgres/playhead",
        "PLAYHEAD_POSTGRES_READER_DSN": "postgresql://playhead_reader@postgres/playhead",
        "PLAYHEAD_POSTGRES_ADMIN_DSN": "postgresql://postgres@postgres/playhead",
        "PLAYHEAD_REDIS_URL": "redis://valkey:6379/0",
        "PLAYHEAD_TOKEN_ALGORITHMS": "RS256",
        "PLAYHEAD_TOKEN_JWKS_URL": "https://login.example.com/keys",
    }
}
"""The least that can be installed."""

EVERYTHING: dict[str, Any] = {
    "sink": {"databases": ["north"], "autoscaling": {"enabled": True}},
    "files": {"PLAYHEAD_POSTGRES_DATABASES_FILE": {"secret": "databases", "key": "databases.json"}},
    "processor": {"autoscaling": {"enabled": True}},
    "ingest": {"autoscaling": {"enabled": True}},
    "query": {"autoscaling": {"enabled": True}},
    "ingress": {"enabled": True, "hosts": ["progress.example.com"], "tlsSecret": "progress"},
    "httpRoute": {"enabled": True, "parentRefs": [{"name": "public"}], "hostnames": ["progress.example.com"]},
    "archive": {"enabled": True, "existingClaim": "archive"},
    "networkPolicy": {"egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]},
    "monitoring": {
        "podMonitor": {"enabled": True},
        "rules": {"enabled": True},
        "dashboards": {"enabled": True},
    },
}
"""Every optional part, beside LEAST."""


@cache
def chart() -> helm_python.Chart:
    return helm_python.Chart.load(CHART)


def values_of(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return loaded


def merged(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """Values of several files, as Helm joins them: objects are merged, all else is replaced."""
    found: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            both = isinstance(value, dict) and isinstance(found.get(key), dict)
            found[key] = merged(found[key], value) if both else value
    return found


def render(values: Mapping[str, Any]) -> list[Manifest]:
    """Every manifest of a release `site` in the namespace `apps`.

    Raises:
        helm_python.HelmError: the values are refused; the message names one.
    """
    rendered = chart().render(dict(values), name="site", namespace="apps", is_install=True)
    documents = (
        document
        for path, text in sorted(rendered.items())
        if path.endswith(".yaml")
        for document in yaml.safe_load_all(text)
    )
    return [document for document in documents if document]


def every_values() -> dict[str, dict[str, Any]]:
    """The values of each example, of the least that can be installed, and of every part."""
    examples = {name: values_of(path) for name, path in EXAMPLES.items()}
    return examples | {"least": LEAST, "everything": merged(LEAST, EVERYTHING)}


def of_kind(manifests: list[Manifest], kind: str) -> dict[str, Manifest]:
    return {each["metadata"]["name"]: each for each in manifests if each["kind"] == kind}


def pods(manifests: list[Manifest]) -> Iterator[tuple[str, Manifest]]:
    """Each pod with the component that it is: its `metadata` and `spec`."""
    for each in manifests:
        match each["kind"]:
            case "Pod":
                pod = each
            case "Deployment" | "Job":
                pod = each["spec"]["template"]
            case "CronJob":
                pod = each["spec"]["jobTemplate"]["spec"]["template"]
            case _:
                continue
        yield pod["metadata"]["labels"]["app.kubernetes.io/component"], pod


def environment_of(pod: Manifest) -> dict[str, Any]:
    """Variables of a pod's one container: a text, or the Secret that it is from."""
    (container,) = pod["spec"]["containers"]
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in container.get("env", [])}
