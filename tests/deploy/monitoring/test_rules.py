"""What the rules and the dashboard name exists; promtool's tests of the rules run where promtool is found."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import get_args

import promql_parser
import pytest
import yaml

from ingest.metrics import RefusalReason
from tests.deploy.monitoring.rules import (
    MONITORING,
    RULES,
    TARGET,
    alerts,
    expressions,
    grouped,
    labels_of,
    nodes,
    panels,
    records,
    registry,
    rules,
    selectors,
)

PROMTOOL = os.environ.get("PLAYHEAD_TEST_PROMTOOL") or shutil.which("promtool")
PERSONAL = re.compile("tenant|user|person|content|item|session|subject|actor")
BOUNDED = {
    "about", "act", "database", "format", "kind", "limit", "outcome", "partition", "pool", "python", "reason",
    "route", "service", "source", "status", "step", "store", "verdict", "version",
}  # fmt: skip
"""Labels whose values are partitions, routes, or from a list in the code."""

needs_promtool = pytest.mark.skipif(
    PROMTOOL is None,
    reason="no promtool on the PATH or in PLAYHEAD_TEST_PROMTOOL: whether each alert fires and stays silent "
    "is not tested here; the expressions are parsed by the other tests "
    "(go install github.com/prometheus/prometheus/cmd/promtool@latest)",
)


@pytest.mark.parametrize("expression", expressions())
def test_an_expression_is_parsed_and_names_what_the_services_show(expression: str) -> None:
    for name, matchers in selectors(expression):
        assert name in registry() or name in records(), f"{name} is no metric of a service"
        known = labels_of(name) | TARGET
        assert {label for label, _, _ in matchers} <= known, f"{name} has the labels {sorted(known)}"


@pytest.mark.parametrize("expression", expressions())
def test_labels_that_an_expression_keeps_are_labels_of_what_it_selects(expression: str) -> None:
    known = set(TARGET).union(*(labels_of(each.name) for each in selectors(expression)))
    assert grouped(expression) <= known


@pytest.mark.parametrize("expression", expressions())
def test_a_bucket_is_one_of_the_histogram(expression: str) -> None:
    for name, matchers in selectors(expression):
        for label, _, value in matchers:
            if label == "le":
                assert float(value) in registry()[name].buckets


def test_what_is_selected_by_a_reason_is_one_that_ingest_has() -> None:
    reasons = set(get_args(RefusalReason))
    for name, matchers in (each for expression in expressions() for each in selectors(expression)):
        for label, _, value in matchers:
            if (name, label) == ("playhead_ingest_rejected_total", "reason"):
                assert set(value.split("|")) <= reasons


def test_resuming_is_measured_by_routes_that_the_query_api_has() -> None:
    from playhead.settings import QuerySettings
    from query_api.app import create_app

    app = create_app(QuerySettings(environment="development"))
    paths = {f"{path}" for path in app.openapi()["paths"]}
    selected = {
        value
        for expression in expressions()
        for each in selectors(expression)
        for label, _, value in each.matchers
        if label == "route"
    }
    assert selected
    for pattern in selected:
        matching = {path for path in paths if re.fullmatch(pattern.replace("\\\\", "\\"), path)}
        assert matching == {"/api/progress", "/api/progress/{contentId}"}


def test_what_a_rule_selects_is_recorded_by_another() -> None:
    for name, expression in records().items():
        assert name not in {each.name for each in selectors(expression)}
    used = {each.name for expression in expressions() for each in selectors(expression)}
    assert records().keys() <= used, "a rule records what is used nowhere"


def test_a_counter_is_never_compared_as_it_is() -> None:
    for expression in expressions():
        ranged = {
            each.vector_selector.name
            for each in nodes(expression)
            if isinstance(each, promql_parser.MatrixSelector)
        }
        counters = {each.name for each in selectors(expression) if each.name.endswith(("_total", "_bucket"))}
        assert counters <= ranged, expression


def test_no_label_has_a_value_for_each_person_or_item() -> None:
    labels = {
        label for name, each in registry().items() if name.startswith("playhead") for label in each.labels
    }
    assert not [label for label in labels if PERSONAL.search(label)]
    assert labels - {"le"} <= BOUNDED, "a new label: are its values from a list that does not grow?"


def test_an_alert_says_how_urgent_it_is_and_what_it_means() -> None:
    for name, rule in alerts().items():
        assert rule["labels"]["severity"] in {"page", "ticket"}, name
        assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}, name


def test_names_are_unique() -> None:
    assert len(alerts()) + len(records()) == len(rules())


def test_a_panel_takes_its_data_from_the_chosen_source_and_says_its_unit() -> None:
    assert len(panels()) > 30
    for panel in panels():
        chosen = {"type": "prometheus", "uid": "${datasource}"}
        assert all(each["datasource"] == chosen for each in (panel, *panel["targets"])), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]


def test_panels_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells


def test_every_alert_is_tested_firing_and_silent() -> None:
    firing, silent = set(), set()
    for path in (MONITORING / "tests").glob("*.yaml"):
        for test in yaml.safe_load(path.read_text("utf-8"))["tests"]:
            for each in test["promql_expr_test"]:
                found = re.search(r'alertname="(\w+)"', each["expr"])
                assert found is not None
                (firing if each["exp_samples"] else silent).add(found[1])
    assert firing == silent == alerts().keys()


@needs_promtool
def test_promtool_accepts_the_rules() -> None:
    _promtool("check", "rules", *map(str, RULES))


@needs_promtool
@pytest.mark.parametrize("name", ["objectives", "pipeline", "data", "dependencies"])
def test_each_alert_fires_when_it_should_and_is_silent_otherwise(name: str) -> None:
    _promtool("test", "rules", str(MONITORING / "tests" / f"{name}.yaml"))


def _promtool(*arguments: str) -> None:
    assert PROMTOOL is not None
    ended = subprocess.run([PROMTOOL, *arguments], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
