"""Every manifest is one that Kubernetes accepts."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from tests.helm.chart import STORES, every_values, of_kind, render, values_of
from tests.helm.custom import is_custom, wrong_fields
from tests.helm.settings_list import CHART

VALUES = every_values()
KUBERNETES = ("1.31", "1.36")


@pytest.mark.parametrize("name", VALUES)
def test_fits_the_strict_schema_of_two_versions_of_kubernetes(name: str) -> None:
    manifests = [each for each in render(VALUES[name]) if not is_custom(each)]
    assert len(manifests) > 15
    for version in KUBERNETES:
        for each in manifests:
            kubernetes_validate.validate(each, version, strict=True)


@pytest.mark.parametrize("name", VALUES)
def test_custom_resources_have_fields_that_exist(name: str) -> None:
    custom = [each for each in render(VALUES[name]) if is_custom(each)]
    assert {problem for each in custom for problem in wrong_fields(each)} == set()


def test_every_kind_of_custom_resource_is_tried() -> None:
    manifests = render(VALUES["everything"]) + render(VALUES["strimzi"])
    kinds = {each["kind"] for each in manifests if is_custom(each)}
    assert kinds == {"ScaledObject", "TriggerAuthentication", "PodMonitor", "PrometheusRule", "HTTPRoute"}


def test_a_field_that_does_not_exist_is_found() -> None:
    (route,) = of_kind(render(VALUES["everything"]), "HTTPRoute").values()
    route["spec"]["rules"][0]["matches"][0]["verb"] = "POST"
    assert wrong_fields(route) == ["spec.rules[0].matches[0].verb is unknown"]


@pytest.mark.parametrize("name", VALUES)
def test_names_are_unique_and_short_enough(name: str) -> None:
    names = [(each["apiVersion"], each["kind"], each["metadata"]["name"]) for each in render(VALUES[name])]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", each) for *_, each in names)


def test_long_names_leave_room_for_the_longest_component() -> None:
    long = VALUES["everything"] | {"fullnameOverride": "a" * 60}
    for each in render(long):
        # A CronJob's jobs have eleven characters more, and names of Kubernetes 63 at most.
        assert len(each["metadata"]["name"]) <= (52 if each["kind"] == "CronJob" else 63)


@pytest.mark.parametrize("path", STORES, ids=lambda path: path.parent.name)
def test_the_stores_of_an_example_make_what_its_values_name(path: Path) -> None:
    stores = list(yaml.safe_load_all(path.read_text("utf-8")))
    values = values_of(path.with_name("values.yaml"))
    named = {each["metadata"]["name"] for each in stores}
    for each in stores:
        if not is_custom(each):
            for version in KUBERNETES:
                kubernetes_validate.validate(each, version, strict=True)
    bootstrap = values["settings"]["PLAYHEAD_KAFKA_SERVERS"].partition(":")[0]
    assert bootstrap.removesuffix("-kafka-bootstrap") in named


def test_the_chart_has_the_version_of_the_product() -> None:
    described = values_of(CHART / "Chart.yaml")
    project = tomllib.loads((CHART.parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    assert described["version"] == described["appVersion"] == project["version"]
