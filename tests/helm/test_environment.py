"""What a pod is given: variables that its service reads, no password of another, no secret in plain text."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from playhead.settings import PolicySettings
from tests.deploy.compose import SETTINGS
from tests.helm.chart import LEAST, environment_of, every_values, merged, of_kind, pods, render
from tests.helm.settings_list import CHARTS_OWN, LIST, WORKLOADS, kind_of, variable, workload_fields

VALUES = every_values()
LISTED: dict[str, dict[str, str]] = json.loads(LIST.read_text("utf-8"))
JUDGING = [name for name, kind in SETTINGS.items() if issubclass(kind, PolicySettings)]


def workload(component: str) -> str:
    """The service or command of a component: a further database has one of its own."""
    return component.partition("-")[0]


def ours(manifests: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        component: environment_of(pod)
        for component, pod in pods(manifests)
        if workload(component) in WORKLOADS
    }


@pytest.mark.parametrize("name", VALUES)
def test_every_variable_is_a_setting_of_its_service(name: str) -> None:
    for component, environment in ours(render(VALUES[name])).items():
        fields = {
            variable(field): info
            for kind in WORKLOADS[workload(component)]
            for field, info in kind.model_fields.items()
        }
        secret = {each for each, field in fields.items() if kind_of(field) in {"secret", "address"}}
        known = fields.keys() | {f"{each}_FILE" for each in secret}
        assert {each for each in environment if each.startswith("PLAYHEAD_")} <= known, component


DATABASES = {
    "databases": {"north": dict.fromkeys(("dsn", "readerDsn", "adminDsn"), "postgresql://north/playhead")},
    "tenants": {},
}


@pytest.mark.parametrize("name", VALUES)
def test_the_settings_accept_what_a_pod_is_given(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The settings of the service begin with them, with every file that they name in its place."""
    for component, environment in ours(render(VALUES[name])).items():
        with monkeypatch.context() as patched:
            for each in [each for each in os.environ if each.startswith("PLAYHEAD_")]:
                patched.delenv(each)
            for each, value in environment.items():
                if value.startswith("/etc/playhead/"):
                    path = tmp_path / each
                    path.write_text(json.dumps(DATABASES) if "DATABASES" in each else "0" * 64, "utf-8")
                    patched.setenv(each, str(path))
                else:
                    patched.setenv(each, value)
            for kind in WORKLOADS[workload(component)]:
                assert kind().environment == "production", component


def test_a_service_has_no_password_that_it_does_not_use() -> None:
    every = {
        name: {"name": "all", "key": name.lower()}
        for fields in LISTED.values()
        for name, kind in fields.items()
        if kind in {"secret", "address"} and "OAUTH_TOKEN_URL" not in name and "JWKS_URL" not in name
    }
    values = merged(VALUES["everything"], {"secrets": every})
    values["settings"] = {name: value for name, value in values["settings"].items() if name not in every}
    holders: dict[str, set[str]] = {}
    for component, environment in ours(render(values)).items():
        for each in environment:
            if each.endswith("_FILE"):
                holders.setdefault(each.removesuffix("_FILE"), set()).add(workload(component))
    assert holders["PLAYHEAD_POSTGRES_ADMIN_DSN"] == {"migrate"}
    assert holders["PLAYHEAD_POSTGRES_ADMIN_PASSWORD"] == {"migrate"}
    assert holders["PLAYHEAD_POSTGRES_DSN"] == {"migrate", "processor", "sink", "audit", "archive"}
    assert holders["PLAYHEAD_POSTGRES_READER_DSN"] == {"migrate", "ingest", "query"}
    assert holders["PLAYHEAD_POSTGRES_REPORTS_DSN"] == {"query"}
    assert holders["PLAYHEAD_TOKEN_SECRET"] == {"ingest", "query"}
    assert holders["PLAYHEAD_KAFKA_SASL_PASSWORD"] == {"migrate", "ingest", "processor", "sink", "audit"}
    assert holders["PLAYHEAD_REDIS_URL"] == {"ingest", "processor", "query", "audit"}


@pytest.mark.parametrize("as_", ["file", "env"])
def test_a_secret_is_only_ever_from_a_secret(as_: str) -> None:
    values = merged(VALUES["strimzi"], {"secretsAs": as_})
    found = set()
    for component, pod in pods(render(values)):
        of = LISTED.get(workload(component), {})
        for name, given in environment_of(pod).items():
            base = name.removesuffix("_FILE")
            if of.get(base) != "secret":
                continue
            found.add(base)
            if as_ == "env":
                assert given["secretKeyRef"] == values["secrets"][base]
            else:
                assert given == f"/etc/playhead/{base}"
                assert mounted(pod)[base] == values["secrets"][base]["name"]
    assert found == values["secrets"].keys()


def mounted(pod: dict[str, Any]) -> dict[str, str]:
    """The Secret of each file under /etc/playhead."""
    return {
        item["path"]: source["secret"]["name"]
        for volume in pod["spec"]["volumes"]
        for source in volume.get("projected", {}).get("sources", [])
        if "secret" in source
        for item in source["secret"]["items"]
    }


def test_there_is_no_secret_in_a_config_map_and_none_is_made() -> None:
    for values in VALUES.values():
        manifests = render(values)
        assert not of_kind(manifests, "Secret")
        texts = [text for each in of_kind(manifests, "ConfigMap").values() for text in each["data"].values()]
        assert not [text for text in texts for name in values.get("secrets", {}) if name in text]


def test_the_policy_is_the_same_in_all_that_judge_by_it() -> None:
    other = {
        "PLAYHEAD_COMPLETION_THRESHOLD": 0.75,
        "PLAYHEAD_COMPLETION_EVIDENCE": "watched",
        "PLAYHEAD_CREDIT_MAX_RATE": 2,
        "PLAYHEAD_CREDIT_GRACE_SECONDS": 5,
    }
    rendered = ours(render(merged(VALUES["everything"], {"settings": other})))
    expected = {name: str(value) for name, value in other.items()}
    for component in (*JUDGING, "sink-north", "audit"):
        assert {name: rendered[component][name] for name in expected} == expected
    assert not expected.keys() & rendered["ingest"].keys()


def test_numbers_are_as_the_environment_has_them() -> None:
    settings = {
        "PLAYHEAD_SINK_BATCH": 2000000,
        "PLAYHEAD_SINK_LINGER_SECONDS": 0.25,
        "PLAYHEAD_SINK_DEAD_LETTER_SHARE": 0.1,
    }
    rendered = ours(render(merged(LEAST, {"settings": settings})))["sink"]
    assert rendered["PLAYHEAD_SINK_BATCH"] == "2000000"
    assert rendered["PLAYHEAD_SINK_LINGER_SECONDS"] == "0.25"
    assert "PLAYHEAD_SINK_BATCH" not in ours(render(merged(LEAST, {"settings": settings})))["query"]
    trusts = ours(render(LEAST))["ingest"]["PLAYHEAD_HTTP_TRUST_FORWARDED_PROTO"]
    assert trusts == "true"


def test_a_service_may_have_a_login_of_its_own() -> None:
    own = {
        "settings": {"PLAYHEAD_KAFKA_SASL_USERNAME": "sink"},
        "secrets": {"PLAYHEAD_KAFKA_SASL_PASSWORD": {"name": "sink", "key": "password"}},
    }
    values = merged(VALUES["strimzi"], {"sink": own, "secretsAs": "env"})
    rendered = ours(render(values))
    assert rendered["sink"]["PLAYHEAD_KAFKA_SASL_USERNAME"] == "sink"
    assert rendered["sink"]["PLAYHEAD_KAFKA_SASL_PASSWORD"]["secretKeyRef"]["name"] == "sink"
    assert rendered["processor"]["PLAYHEAD_KAFKA_SASL_USERNAME"] == "playhead"


def test_what_the_chart_sets_itself_is_in_no_list() -> None:
    own = {variable(name) for name in CHARTS_OWN}
    for name in WORKLOADS:
        assert not own & workload_fields(name).keys()
        assert LISTED[name].keys() == workload_fields(name).keys()
