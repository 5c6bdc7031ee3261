"""The rules and the dashboard in deploy/monitoring, and what their expressions name."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import promql_parser
import yaml
from prometheus_client import REGISTRY

from tests.deploy.compose import DEPLOY

if TYPE_CHECKING:
    from collections.abc import Iterator

MONITORING = DEPLOY / "monitoring"
RULES = sorted((MONITORING / "rules").glob("*.yaml"))
DASHBOARD = MONITORING / "dashboards" / "playhead.json"

TARGET = {"job", "instance"}
"""Labels that Prometheus gives what it scrapes."""


class Metric(NamedTuple):
    """What is known of a sample of a service's registry."""

    labels: frozenset[str]
    buckets: frozenset[float]
    """The boundaries of a histogram."""


class Selector(NamedTuple):
    """What an expression selects."""

    name: str
    matchers: tuple[tuple[str, str, str], ...]
    """Label, operator and value."""


@cache
def registry() -> dict[str, Metric]:
    """Every sample that the four services can show, by its name."""
    import ingest.app
    import query_api.app
    import sinks.sink
    import stream_processors.service

    assert all((ingest.app, query_api.app, sinks.sink, stream_processors.service))
    found: dict[str, Metric] = {}
    for collector, names in REGISTRY._collector_to_names.items():
        labels = frozenset(getattr(collector, "_labelnames", ()))
        buckets = frozenset(getattr(collector, "_upper_bounds", ()))
        for name in names:
            own = labels | {"le"} if name.endswith("_bucket") else labels
            found[name] = Metric(own, buckets)
    return found


def rules() -> list[dict[str, Any]]:
    """Every rule of every file."""
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in RULES]
    return [rule for document in documents for group in document["groups"] for rule in group["rules"]]


def alerts() -> dict[str, dict[str, Any]]:
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def records() -> dict[str, str]:
    return {rule["record"]: rule["expr"] for rule in rules() if "record" in rule}


def panels() -> list[dict[str, Any]]:
    """The panels of the dashboard that show something."""
    dashboard = json.loads(DASHBOARD.read_text("utf-8"))
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def expressions() -> list[str]:
    """Every expression of the rules and the dashboard."""
    shown = [target["expr"] for panel in panels() for target in panel["targets"]]
    return [rule["expr"] for rule in rules()] + [each.replace("$__rate_interval", "5m") for each in shown]


def nodes(expression: str) -> Iterator[Any]:
    """Every part of an expression, parsed."""
    waiting = [promql_parser.parse(expression)]
    while waiting:
        node = waiting.pop()
        yield node
        inner = [getattr(node, name, None) for name in ("lhs", "rhs", "expr", "vector_selector")]
        waiting += [each for each in (*inner, *getattr(node, "args", ())) if each is not None]


def selectors(expression: str) -> list[Selector]:
    """What it selects."""
    return [
        Selector(node.name, tuple((each.name, str(each.op), each.value) for each in node.matchers.matchers))
        for node in nodes(expression)
        if isinstance(node, promql_parser.VectorSelector)
    ]


def grouped(expression: str) -> set[str]:
    """The labels that its aggregations keep."""
    modifiers = [getattr(node, "modifier", None) for node in nodes(expression)]
    return {label for each in modifiers if each is not None for label in getattr(each, "labels", ())}


def labels_of(name: str) -> frozenset[str]:
    """The labels of a metric, or of what a rule records."""
    if name in registry():
        return registry()[name].labels
    return frozenset(grouped(records()[name]))
