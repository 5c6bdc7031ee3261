from __future__ import annotations

import subprocess
import sys

import pytest

from playhead.settings.telemetry import TelemetrySettings

_PROGRAM = """
import sys
{before}
from playhead.tracing.start import TelemetryError, start_tracer
import ingest.service, query_api.service, sinks.service, stream_processors.service
try:
    print(start_tracer("playhead-sink"))
except TelemetryError as error:
    print(error)
sent_by = ("opentelemetry.exporter", "playhead.tracing.spans")  # FastAPI itself loads the others
print(sorted(name for name in sys.modules if name.startswith(sent_by)))
"""


def said(before: str = "", **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(before=before)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout


def test_without_an_endpoint_nothing_that_sends_is_imported() -> None:
    assert said() == "None\n[]\n"


def test_an_endpoint_without_the_extra_names_the_extra() -> None:
    without = "sys.modules['opentelemetry.exporter'] = None  # as if it were not installed"
    assert "pip install 'playhead[otel]'" in said(without, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("given", "share", "follows"),
    [
        ({}, 0.0001, True),
        ({"traces_sampler_arg": 0.5}, 0.5, True),
        ({"traces_sampler": "always_on"}, 1.0, False),
        ({"traces_sampler": "parentbased_always_off"}, 0.0, True),
        ({"traces_sampler": "traceidratio", "traces_sampler_arg": 0.25}, 0.25, False),
    ],
)
def test_the_samplers_of_opentelemetry(given: dict[str, object], share: float, *, follows: bool) -> None:
    settings = TelemetrySettings.model_validate(given)
    assert (settings.share, settings.follows_callers) == (share, follows)


@pytest.mark.parametrize(
    ("given", "signals"),
    [
        ({}, set()),
        ({"exporter_otlp_endpoint": "http://here"}, {"traces"}),
        ({"exporter_otlp_traces_endpoint": "http://here/v1/traces"}, {"traces"}),
        ({"exporter_otlp_metrics_endpoint": "http://here/v1/metrics"}, {"metrics"}),
        ({"exporter_otlp_endpoint": "http://here", "metrics_exporter": "otlp"}, {"traces", "metrics"}),
        ({"exporter_otlp_endpoint": "http://here", "traces_exporter": "none"}, set()),
        ({"metrics_exporter": "otlp"}, set()),
        ({"exporter_otlp_endpoint": "http://here", "sdk_disabled": True}, set()),
    ],
)
def test_what_is_sent(given: dict[str, object], signals: set[str]) -> None:
    assert TelemetrySettings.model_validate(given).signals == signals
