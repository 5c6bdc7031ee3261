"""The chart's gateway, route and smoke test, with a real Caddy where there is something to run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from operations.local import ports
from operations.local.gateway import find_caddy
from tests.deploy.caddyfile import upstream_for
from tests.helm.chart import LEAST, environment_of, every_values, merged, of_kind, pods, render
from tests.helm.settings_list import CHART
from tests.operations.local.gateway.servers import serving

EVERYTHING = every_values()["everything"]
(ROUTE,) = of_kind(render(EVERYTHING), "HTTPRoute").values()
SMOKE = (CHART / "files" / "smoke.py").read_text("utf-8")


async def echo(request: Request) -> Response:
    return JSONResponse(dict(request.headers))


APP = Starlette(routes=[Route("/{path:path}", echo, methods=["GET", "POST"])])


@contextmanager
def caddy(environment: dict[str, str], home: Path, port: int) -> Iterator[httpx.Client]:
    """The container's command and variables, on this machine."""
    (pod,) = [pod for component, pod in pods(render(EVERYTHING)) if component == "gateway"]
    (container,) = pod["spec"]["containers"]
    command = [str(find_caddy()), *container["command"][1:]]
    command[command.index("/etc/caddy/Caddyfile")] = str(CHART / "files" / "Caddyfile")
    own = {
        "GATEWAY_OPTIONS": "default_bind 127.0.0.1",
        "XDG_DATA_HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
    }
    given = environment_of(pod) | environment | own | {"GATEWAY_ADDRESS": f":{port}"}
    with subprocess.Popen(command, env=os.environ | given, stderr=subprocess.DEVNULL) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                deadline = time.monotonic() + 30
                while True:
                    try:
                        assert client.get("/healthz").text == "ok"
                        break
                    except httpx.TransportError:
                        assert time.monotonic() < deadline
                        time.sleep(0.05)
                yield client
        finally:
            process.terminate()


@pytest.mark.parametrize(
    ("proxies", "expected"), [([], "127.0.0.1"), (["127.0.0.0/8", "10.0.0.0/8"], "203.0.113.9, 127.0.0.1")]
)
def test_keeps_the_client_s_address_from_trusted_proxies_alone(
    proxies: list[str], expected: str, tmp_path: Path
) -> None:
    (given,) = [
        environment_of(pod)
        for component, pod in pods(render(merged(EVERYTHING, {"gateway": {"trustedProxies": proxies}})))
        if component == "gateway"
    ]
    with serving(APP) as port:
        here = {"GATEWAY_INGEST": f"127.0.0.1:{port}", "GATEWAY_QUERY": f"127.0.0.1:{port}"}
        trusted = {name: text for name, text in given.items() if name == "GATEWAY_TRUSTED_PROXIES"}
        with caddy(here | trusted, tmp_path, ports.choose()) as client:
            claimed = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
            seen = client.get("/api/me", headers=claimed).json()
            assert seen["x-forwarded-for"] == expected
            assert seen["x-forwarded-proto"] == ("https" if proxies else "http")


def test_an_ingress_leads_to_the_gateway_alone() -> None:
    manifests = render(EVERYTHING)
    (ingress,) = of_kind(manifests, "Ingress").values()
    (rule,) = ingress["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    service = of_kind(manifests, "Service")[path["backend"]["service"]["name"]]
    assert path["backend"]["service"]["port"]["name"] == service["spec"]["ports"][0]["name"]
    assert service["metadata"]["labels"]["app.kubernetes.io/component"] == "gateway"


def test_without_an_ingress_there_is_no_gateway() -> None:
    assert "gateway" not in {component for component, _ in pods(render(LEAST))}


@pytest.mark.parametrize(
    "path",
    [
        "/api/progress",
        "/api/progress/x/completion",
        "/api/progressive",
        "/xAPI/statements",
        "/xapi/about",
        "/",
        "/docs",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("asked", [None, "POST", "DELETE", "PUT"])
def test_a_route_decides_as_the_caddyfile_does(method: str, path: str, asked: str | None) -> None:
    headers = {"Access-Control-Request-Method": asked} if asked else {}
    matching = [
        rule
        for rule in ROUTE["spec"]["rules"]
        if any(matches(match, method, path, headers) for match in rule["matches"])
    ]
    backend = matching[0]["backendRefs"][0]["name"].rpartition("-")[2]
    assert backend == upstream_for(method, path, asked)


def matches(match: dict, method: str, path: str, headers: dict[str, str]) -> bool:  # type: ignore[type-arg]
    """Whether a request fits a match; rules are in the order of the specification's precedence."""
    value = match["path"]["value"]
    fits = path == value or (
        match["path"]["type"] == "PathPrefix" and (value == "/" or path.startswith(f"{value}/"))
    )
    named = all(headers.get(each["name"]) == each["value"] for each in match.get("headers", []))
    return fits and named and match.get("method", method) == method


def test_a_route_does_not_show_metrics() -> None:
    (rule,) = [each for each in ROUTE["spec"]["rules"] if each["matches"][0]["path"]["value"] == "/metrics"]
    assert "backendRefs" not in rule
    assert rule["filters"][0]["type"] == "RequestRedirect"


def test_the_smoke_test_asks_every_service() -> None:
    manifests = render(EVERYTHING)
    (pod,) = of_kind(manifests, "Pod").values()
    (container,) = pod["spec"]["containers"]
    asked = {httpx.URL(each) for each in container["args"]}
    services = of_kind(manifests, "Service")
    assert {each.host for each in asked} == services.keys()
    for each in asked:
        assert services[each.host]["spec"]["ports"][0]["port"] == each.port
    assert container["command"][:2] == ["python", "-Ic"]
    assert container["command"][2].strip() == SMOKE.strip()


def test_the_smoke_test_fails_where_a_service_does_not_answer() -> None:
    with serving(APP) as port:
        good = f"http://127.0.0.1:{port}/readyz"
        assert smoke(good).returncode == 0
        soon = SMOKE.replace("+ 60", "+ 1")
        ran = smoke(good, f"http://127.0.0.1:{ports.choose()}/readyz", text=soon)
    assert ran.returncode == 1
    assert "FAILED http://127.0.0.1" in ran.stdout


def smoke(*urls: str, text: str = SMOKE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-Ic", text, *urls], capture_output=True, text=True, check=False, timeout=60
    )
