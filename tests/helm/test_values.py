"""Values that are wrong are refused, with the name of the one that is."""

from __future__ import annotations

from typing import Any

import helm_python
import pytest

from playhead.settings import PolicySettings, Settings
from tests.helm.chart import LEAST, chart, every_values, merged, render
from tests.helm.settings_list import variable

TYPOS: list[tuple[dict[str, Any], str]] = [
    ({"ingress": {"enable": True}}, "'enable' not allowed"),
    ({"ingres": {}}, "'ingres' not allowed"),
    ({"settings": {"PLAYHEAD_INGEST_RATE_PER_SECND": 5}}, "'PLAYHEAD_INGEST_RATE_PER_SECND' not allowed"),
    ({"settings": {"PLAYHEAD_LOG_LEVEL": "loud"}}, "/settings/PLAYHEAD_LOG_LEVEL"),
    ({"settings": {"PLAYHEAD_SINK_BATCH": "many"}}, "/settings/PLAYHEAD_SINK_BATCH"),
    ({"settings": {"PLAYHEAD_COMPLETION_THRESHOLD": 90}}, "/settings/PLAYHEAD_COMPLETION_THRESHOLD"),
    ({"settings": {"PLAYHEAD_TOKEN_SECRET": "x" * 64}}, "'PLAYHEAD_TOKEN_SECRET' not allowed"),
    ({"settings": {"PLAYHEAD_REDIS_URL": "redis://:hunter2@valkey"}}, "/settings/PLAYHEAD_REDIS_URL"),
    ({"settings": {"PLAYHEAD_POSTGRES_DSN": "host=a password=hunter2"}}, "/settings/PLAYHEAD_POSTGRES_DSN"),
    ({"secrets": {"PLAYHEAD_TOKEN_SECRET": "x" * 64}}, "/secrets/PLAYHEAD_TOKEN_SECRET"),
    ({"secrets": {"PLAYHEAD_TOKEN_SECRET": {"name": "a"}}}, "missing property 'key'"),
    ({"secrets": {"PLAYHEAD_SINK_BATCH": {"name": "a", "key": "b"}}}, "'PLAYHEAD_SINK_BATCH' not allowed"),
    ({"sink": {"settings": {"PLAYHEAD_COMPLETION_THRESHOLD": 0.5}}}, "PLAYHEAD_COMPLETION_THRESHOLD"),
    ({"sink": {"settings": {"PLAYHEAD_QUERY_WORKERS": 2}}}, "'PLAYHEAD_QUERY_WORKERS' not allowed"),
    ({"sink": {"databases": ["default"]}}, "/sink/databases/0"),
    ({"processor": {"autoscaling": {"maxReplica": 3}}}, "'maxReplica' not allowed"),
    ({"ingest": {"replicas": "two"}}, "/ingest/replicas"),
    ({"image": {"digest": "latest"}}, "/image/digest"),
    ({"archive": {"olderThan": "long ago"}}, "/archive/olderThan"),
    ({"pod": {"extraEnv": [{"nme": "A"}]}}, "'nme' not allowed"),
]


@pytest.mark.parametrize(("values", "named"), TYPOS, ids=lambda each: str(each)[:60])
def test_the_schema_refuses_and_names(values: dict[str, Any], named: str) -> None:
    with pytest.raises(helm_python.HelmError) as refused:
        render(merged(LEAST, values))
    assert named in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("missing", LEAST["settings"])
def test_what_is_missing_is_named(missing: str) -> None:
    without = {name: value for name, value in LEAST["settings"].items() if name != missing}
    with pytest.raises(helm_python.HelmError, match=rf"{missing} (is|nor)"):
        render({"settings": without})


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"processor": {"replicas": 13}}, "PLAYHEAD_KAFKA_PARTITIONS 12"),
    ({"sink": {"autoscaling": {"enabled": True, "maxReplicas": 20}}}, "PLAYHEAD_KAFKA_PARTITIONS 12"),
    ({"sink": {"databases": ["north"]}}, "files.PLAYHEAD_POSTGRES_DATABASES_FILE"),
    (
        {"ingest": {"terminationGracePeriodSeconds": 20}},
        "ingest.terminationGracePeriodSeconds is 20: it needs 25",
    ),
    (
        {"settings": {"PLAYHEAD_INGEST_DRAIN_SECONDS": 40}},
        "ingest.terminationGracePeriodSeconds is 45: it needs 55",
    ),
    ({"ingress": {"enabled": True}}, "ingress.hosts"),
    ({"httpRoute": {"enabled": True}}, "httpRoute.parentRefs"),
    ({"archive": {"enabled": True}}, "archive.existingClaim"),
]


@pytest.mark.parametrize(("values", "message"), MISTAKES, ids=lambda each: str(each)[:60])
def test_what_cannot_work_is_refused_with_the_value_to_set(values: dict[str, Any], message: str) -> None:
    with pytest.raises(helm_python.HelmError) as refused:
        render(merged(LEAST, values))
    assert message in str(refused.value)


def test_every_value_has_a_place_in_the_schema_and_the_other_way_round() -> None:
    schema = chart().schema
    assert schema is not None
    assert set(chart().values) == set(schema["properties"]) - {"global"}


def test_the_policy_cannot_be_set_for_one_service() -> None:
    schema = chart().schema
    assert schema is not None
    policy = {variable(name) for name in PolicySettings.model_fields.keys() - Settings.model_fields.keys()}
    assert policy <= schema["definitions"]["allSettings"]["properties"].keys()
    for service in ("processor", "sink", "query", "audit"):
        assert not policy & schema["definitions"][f"{service}Settings"]["properties"].keys()


@pytest.mark.parametrize("name", every_values())
def test_the_examples_are_accepted(name: str) -> None:
    chart().validate_schema(every_values()[name])
