"""`helm lint`, and that copies in the chart are equal to what they are copies of."""

from __future__ import annotations

from pathlib import Path

import helm_python
import pytest

from tests.helm.chart import LEAST, every_values, merged, of_kind, render
from tests.helm.settings_list import CHART, LIST, SCHEMA, list_text, schema_text

DEPLOY = CHART.parents[1]
MONITORING = [
    path
    for each in ("rules/*.yaml", "dashboards/*.json")
    for path in sorted((DEPLOY / "monitoring").glob(each))
]
COPIES = {CHART / "files" / "Caddyfile": DEPLOY / "Caddyfile"} | {
    CHART / "files" / path.relative_to(DEPLOY): path for path in MONITORING
}


@pytest.mark.parametrize("name", every_values())
def test_helm_lint_has_nothing_to_say(name: str) -> None:
    values = every_values()[name]
    report = helm_python.lint(CHART, values, strict=True, namespace="apps", kube_version="v1.31.0")
    assert [each for each in report["messages"] if each["severity"] > 1] == []
    assert report["errors"] == []


@pytest.mark.parametrize("copy", COPIES, ids=lambda path: path.name)
def test_a_copy_in_the_chart_is_equal(copy: Path) -> None:
    assert copy.read_bytes() == COPIES[copy].read_bytes(), f"cp {COPIES[copy]} {copy}"


def test_nothing_else_is_in_the_copies_folder() -> None:
    own = {LIST, CHART / "files" / "smoke.py"}
    assert {path for path in (CHART / "files").rglob("*") if path.is_file()} == own | COPIES.keys()


def test_the_variables_are_those_of_the_settings() -> None:
    again = "python -m tests.helm.settings_list"
    assert LIST.read_text("utf-8") == list_text(), again
    assert SCHEMA.read_text("utf-8") == schema_text(), again


def test_the_packed_chart_is_the_same(tmp_path: Path) -> None:
    with helm_python.Chart.load(helm_python.package(CHART, destination=tmp_path)) as packed:
        assert "site-playhead-ingest" in str(packed.render(LEAST, name="site"))


def test_alerts_lead_to_where_the_documentation_is_published() -> None:
    own = {"monitoring": {"rules": {"enabled": True, "documentation": "https://docs.example.com/"}}}
    rules = of_kind(render(merged(LEAST, own)), "PrometheusRule")
    assert rules.keys() == {"site-playhead-alerts", "site-playhead-recording"}
    assert "https://docs.example.com/docs/operations/runbook.md#" in str(rules)
    assert "playhead.example.org" not in str(rules)
