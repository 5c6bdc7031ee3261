"""No Docker engine is needed: the file is read as the client reads it, and held against the code."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest
from prometheus_client import REGISTRY
from typer.main import get_command

from playhead.settings import IngestSettings
from tests.deploy import env_example
from tests.deploy.compose import (
    DEPLOY,
    LISTENING,
    ROOT,
    SETTINGS,
    STORES,
    compose,
    interpolate,
    services,
    strings,
)

if TYPE_CHECKING:
    from pathlib import Path


README = (DEPLOY / "README.md").read_text("utf-8")


def test_runs_every_service_and_store() -> None:
    assert services().keys() == SETTINGS.keys() | STORES | {"gateway"}


@pytest.mark.parametrize("service", SETTINGS)
def test_every_command_exists(service: str) -> None:
    from operations.cli.main import app

    (command,) = services()[service]["command"]
    assert command in get_command(app).commands  # type: ignore[attr-defined] # a group, as it has many


@pytest.mark.parametrize("service", LISTENING)
def test_health_is_asked_where_the_service_answers(service: str) -> None:
    port = LISTENING[service].model_fields[f"{service}_port"].default
    *interpreter, program = services()[service]["healthcheck"]["test"]
    assert interpreter == ["CMD", "python", "-Ic"]
    assert f"'http://127.0.0.1:{port}/readyz'" in program
    compile(program, "healthcheck", "exec")


def test_every_container_but_the_one_shot_has_a_health_check_and_restarts() -> None:
    for name, service in services().items():
        if name == "migrate":
            assert service["restart"] == "no"
        else:
            assert service["healthcheck"]["test"], name
            assert service["restart"] == "unless-stopped", name


def test_images_are_pinned_by_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    for name, service in services().items():
        image, _, tag = interpolate(service["image"], {}).partition(":")
        if name in SETTINGS:
            assert (image, tag) == ("playhead", version)
        else:
            assert re.fullmatch(r"\d+\.\d+(\.\d+)?(-[a-z]+)?", tag), image


def test_the_one_image_is_built_from_the_dockerfile_here() -> None:
    for name in SETTINGS:
        build = services()[name]["build"]
        assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DEPLOY / "Dockerfile"


def test_only_the_gateway_is_published_and_only_to_this_machine() -> None:
    published = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert published.keys() == {"gateway"}
    assert all(port.startswith("${GATEWAY_BIND:-127.0.0.1}:") for port in published["gateway"])


def test_the_stores_network_leads_nowhere() -> None:
    assert compose()["networks"]["stores"] == {"internal": True}
    assert all(services()[store]["networks"] == ["stores"] for store in STORES)


def test_what_the_stores_keep_is_in_named_volumes() -> None:
    kept = {"kafka": "/var/lib/kafka/data", "postgres": "/var/lib/postgresql", "valkey": "/data"}
    for store, place in kept.items():
        assert services()[store]["volumes"] == [f"{store}:{place}"]
        assert store in compose()["volumes"]
    assert services()["kafka"]["environment"]["KAFKA_LOG_DIRS"] == kept["kafka"]


def test_valkey_evicts_nothing_and_logs_every_write() -> None:
    command = services()["valkey"]["command"]
    options = dict(zip(command[1::2], command[2::2], strict=True))
    assert options["--maxmemory-policy"] == "noeviction"
    assert options["--appendonly"] == "yes"


def test_our_containers_are_confined() -> None:
    for name in SETTINGS:
        service = services()[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "user" not in service  # the image's own, which is not root


def test_a_container_is_given_longer_than_it_takes_to_drain() -> None:
    drain = IngestSettings.model_fields["ingest_drain_seconds"].default
    for name in LISTENING:
        assert int(services()[name]["stop_grace_period"].removesuffix("s")) >= 2 * drain


def test_every_container_has_a_memory_limit_above_its_reservation() -> None:
    for name, service in services().items():
        if name != "migrate":
            resources = service["deploy"]["resources"]
            assert _megabytes(resources["limits"]) > _megabytes(resources["reservations"])


def test_the_readme_names_metrics_that_exist() -> None:
    import ingest.metrics
    import query_api.metrics
    import sinks.metrics
    import stream_processors.metrics

    assert all((ingest.metrics, query_api.metrics, sinks.metrics, stream_processors.metrics))
    suffix = {"counter": "_total", "histogram": "_bucket"}
    exist = {family.name + suffix.get(family.type, "") for family in REGISTRY.collect()}
    named = set(re.findall(r"(?m)^\| `(playhead_[a-z_]+)`", README))
    assert len(named) >= 8
    assert named <= exist


def test_the_readme_names_the_volumes_that_are_made() -> None:
    volumes = {f"{compose()['name']}_{store}" for store in STORES}
    assert volumes <= set(re.findall(r"`(playhead_[a-z]+)`", README))


def test_compose_itself_agrees(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if docker is None or _run([docker, "compose", "version"]).returncode:
        pytest.skip("no Compose client here; the other tests read the file themselves")
    env = tmp_path / "env"
    env.write_text("".join(f"{name}={value}\n" for name, value in env_example.filled_in().items()))
    command = [docker, "compose", "--file", str(DEPLOY / "compose.yaml"), "--env-file", str(env)]
    ran = _run([*command, "config", "--format", "json"])
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["services"].keys() == services().keys()


def test_nothing_names_a_path_of_one_machine() -> None:
    assert not [text for text in strings(compose()) if "/home/" in text or "/root" in text]


def _run(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, capture_output=True, check=False, timeout=60)


def _megabytes(resources: dict[str, str]) -> int:
    number, unit = resources["memory"][:-1], resources["memory"][-1]
    return int(number) * {"M": 1, "G": 1024}[unit]
