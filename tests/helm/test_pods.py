"""How pods run: commands, ports, probes, draining, rights, and who finds and reaches them."""

from __future__ import annotations

from typing import Any

import pytest
from typer.main import get_command

from playhead.http.health import answer_health
from playhead.wire.topics import Topics, sink_group
from query_api.service import DRAIN_SECONDS
from stream_processors.consumer.application import GROUP
from stream_processors.service import STOP_SECONDS
from tests.deploy.compose import LISTENING
from tests.helm.chart import LEAST, every_values, merged, of_kind, pods, render

EVERYTHING = every_values()["everything"]
MANIFESTS = render(EVERYTHING)
DEPLOYMENTS = of_kind(MANIFESTS, "Deployment")
COMPONENTS = {"ingest", "processor", "sink", "sink-north", "query", "gateway"}


def component_of(manifest: dict[str, Any]) -> str:
    return str(manifest["metadata"]["labels"]["app.kubernetes.io/component"])


def container_of(pod: dict[str, Any]) -> dict[str, Any]:
    (container,) = pod["spec"]["containers"]
    found: dict[str, Any] = container
    return found


def test_every_service_has_a_deployment_and_every_database_sinks() -> None:
    assert {component_of(each) for each in DEPLOYMENTS.values()} == COMPONENTS
    assert container_of(DEPLOYMENTS["site-playhead-sink-north"]["spec"]["template"])["args"] == [
        "sink",
        "--database",
        "north",
    ]


def test_every_command_and_every_option_exists() -> None:
    from operations.cli.main import app

    commands = get_command(app).commands  # type: ignore[attr-defined] # a group, as it has many
    for _, pod in pods(MANIFESTS):
        container = container_of(pod)
        if "command" not in container:
            command, *options = container["args"]
            known = {name for each in commands[command].params for name in each.opts}
            assert {each for each in options if each.startswith("--")} <= known


@pytest.mark.parametrize("component", sorted(COMPONENTS - {"gateway"}))
def test_ports_and_probes_are_those_of_the_service(component: str) -> None:
    service = component.partition("-")[0]
    container = container_of(DEPLOYMENTS[f"site-playhead-{component}"]["spec"]["template"])
    port = LISTENING[service].model_fields[f"{service}_port"].default
    assert container["ports"] == [{"name": "http", "containerPort": port}]
    (exposed,) = of_kind(MANIFESTS, "Service")[f"site-playhead-{component}"]["spec"]["ports"]
    assert (exposed["port"], exposed["targetPort"]) == (port, "http")
    paths = {
        probe: container[probe]["httpGet"]["path"]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe")
    }
    assert paths == {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}
    assert all(answer_health(path, "").status == 200 for path in paths.values())


@pytest.mark.parametrize(
    ("service", "drain"),
    [
        ("ingest", LISTENING["ingest"].model_fields["ingest_drain_seconds"].default),
        ("query", DRAIN_SECONDS),
        ("processor", STOP_SECONDS),
        ("sink", 25),
    ],
)
def test_a_pod_is_given_longer_than_it_takes_to_drain(service: str, drain: float) -> None:
    spec = DEPLOYMENTS[f"site-playhead-{service}"]["spec"]["template"]["spec"]
    hook = container_of({"spec": spec}).get("lifecycle")
    waits = float(hook["preStop"]["exec"]["command"][1]) if hook else 0.0
    assert spec["terminationGracePeriodSeconds"] >= waits + drain + 5
    # What a load balancer still sends reaches a pod that accepts; the others are sent nothing.
    assert (waits > 0) == (service in {"ingest", "query"})


def test_a_rollout_never_has_more_processors_and_sinks_than_partitions() -> None:
    for name, each in DEPLOYMENTS.items():
        surge = each["spec"]["strategy"]["rollingUpdate"]["maxSurge"]
        assert surge == (0 if "processor" in name or "sink" in name else 1)


def test_every_pod_fits_the_restricted_pod_security_standard() -> None:
    found = set()
    for component, pod in pods(MANIFESTS):
        found.add(component)
        spec, container = pod["spec"], container_of(pod)
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] > 0
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        own = container["securityContext"]
        assert own["allowPrivilegeEscalation"] is False
        assert own["readOnlyRootFilesystem"] is True
        assert own["capabilities"]["drop"] == ["ALL"]
        assert set(own["capabilities"].get("add", [])) <= {"NET_BIND_SERVICE"}
        allowed = {"configMap", "emptyDir", "persistentVolumeClaim", "projected"}
        assert all(set(volume) - {"name"} <= allowed for volume in spec.get("volumes", []))
        assert spec["automountServiceAccountToken"] is False
        # Else a Service named playhead-query sets variables like PLAYHEAD_QUERY_PORT.
        assert spec["enableServiceLinks"] is False
        assert {"cpu", "memory"} == container["resources"]["requests"].keys()
        assert "memory" in container["resources"]["limits"]
    assert found == COMPONENTS | {"migrate", "audit", "archive", "archive-north", "smoke"}


def test_selectors_fit_the_pods_that_they_mean_and_no_others() -> None:
    labels = {component: pod["metadata"]["labels"] for component, pod in pods(MANIFESTS)}
    for kind, path in (
        ("Deployment", ("selector", "matchLabels")),
        ("Service", ("selector",)),
        ("NetworkPolicy", ("podSelector", "matchLabels")),
        ("PodDisruptionBudget", ("selector", "matchLabels")),
    ):
        found = of_kind(MANIFESTS, kind)
        for each in found.values():
            selector = each["spec"]
            for part in path:
                selector = selector[part]
            fitting = {name for name, has in labels.items() if selector.items() <= has.items()}
            assert fitting == {component_of(each)}, (kind, each["metadata"]["name"])
        assert {component_of(each) for each in found.values()} >= COMPONENTS
    monitored = of_kind(MANIFESTS, "PodMonitor")["site-playhead"]["spec"]["selector"]["matchLabels"]
    assert all(monitored.items() <= has.items() for has in labels.values())


def test_scalers_name_deployments_and_these_have_no_number_of_their_own() -> None:
    scalers = of_kind(MANIFESTS, "HorizontalPodAutoscaler") | of_kind(MANIFESTS, "ScaledObject")
    assert {each["spec"]["scaleTargetRef"]["name"] for each in scalers.values()} == {
        f"site-playhead-{component}" for component in COMPONENTS - {"gateway"}
    }
    for name in scalers:
        assert "replicas" not in DEPLOYMENTS[name]["spec"]
    assert all("replicas" in each["spec"] for each in of_kind(render(LEAST), "Deployment").values())


def test_processors_and_sinks_are_scaled_by_the_lag_of_their_group() -> None:
    settings = {"PLAYHEAD_KAFKA_PREFIX": "acme.", "PLAYHEAD_KAFKA_PARTITIONS": 24}
    scalers = of_kind(render(merged(EVERYTHING, {"settings": settings})), "ScaledObject")
    topics = Topics.named("acme.")
    expected = {
        "processor": (f"acme.{GROUP}", topics.heartbeats.name),
        "sink": (sink_group("acme."), topics.states.name),
        "sink-north": (sink_group("acme.", "north"), topics.states.name),
    }
    for component, (group, topic) in expected.items():
        spec = scalers[f"site-playhead-{component}"]["spec"]
        (trigger,) = spec["triggers"]
        assert (trigger["metadata"]["consumerGroup"], trigger["metadata"]["topic"]) == (group, topic)
        assert spec["maxReplicaCount"] == 24


def test_keda_logs_in_as_the_service_does() -> None:
    manifests = render(every_values()["strimzi"])
    login = of_kind(manifests, "TriggerAuthentication")["site-playhead-sink"]["spec"]
    assert login["env"] == [
        {"parameter": "username", "name": "PLAYHEAD_KAFKA_SASL_USERNAME", "containerName": "sink"}
    ]
    assert {each["parameter"]: each["name"] for each in login["secretTargetRef"]} == {
        "password": "playhead",
        "ca": "events-cluster-ca-cert",
    }
    (trigger,) = of_kind(manifests, "ScaledObject")["site-playhead-sink"]["spec"]["triggers"]
    assert trigger["authenticationRef"] == {"name": "site-playhead-sink"}
    assert (trigger["metadata"]["tls"], trigger["metadata"]["sasl"]) == ("enable", "scram_sha512")


def test_migrations_run_first_with_all_that_they_need() -> None:
    hooks = [each for each in MANIFESTS if "helm.sh/hook" in each["metadata"].get("annotations", {})]
    first = sorted(
        (int(each["metadata"]["annotations"].get("helm.sh/hook-weight", 0)), each["kind"])
        for each in hooks
        if each["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    )
    assert first == [(-10, "NetworkPolicy"), (-10, "ServiceAccount"), (0, "Job")]
    (job,) = of_kind(MANIFESTS, "Job").values()
    account = job["spec"]["template"]["spec"]["serviceAccountName"]
    assert any((each["kind"], each["metadata"]["name"]) == ("ServiceAccount", account) for each in hooks)


def test_the_services_reach_the_collector_and_know_its_address() -> None:
    observability = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "observability"}}}
    endpoint = "http://collector.observability:4318"
    given = {
        "settings": {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint},
        "networkPolicy": {"collector": {"to": [observability]}},
    }
    manifests = render(merged(EVERYTHING, given))
    rule = {"to": [observability], "ports": [{"protocol": "TCP", "port": 4318}]}
    allowing = [rule in each["spec"]["egress"] for each in of_kind(manifests, "NetworkPolicy").values()]
    assert allowing
    assert all(allowing)
    with_collector = {
        component_of(each)
        for each in of_kind(manifests, "Deployment").values()
        for variable in container_of(each["spec"]["template"])["env"]
        if variable == {"name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": endpoint}
    }
    assert with_collector == COMPONENTS - {"gateway"}
