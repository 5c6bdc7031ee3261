"""The numbers of the status view, read from a service's Prometheus metrics: work, errors, lag."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Selector:
    """The samples of one metric whose labels begin with given texts."""

    metric: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def takes(self, name: str, labels: Mapping[str, str]) -> bool:
        """Return whether a sample is one of them."""
        return name == self.metric and all(
            labels.get(label, "").startswith(begins) for label, begins in self.labels.items()
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """The metrics of a stage of the pipeline."""

    work: Selector
    errors: Selector
    lag: Selector | None = None


STAGES: Mapping[str, Stage] = {
    "ingest": Stage(
        Selector("playhead_ingest_accepted_total"),
        Selector("playhead_ingest_rejected_total"),
    ),
    "processor": Stage(
        Selector("playhead_processor_heartbeats_total"),
        Selector("playhead_processor_heartbeats_total", {"verdict": "dead"}),
        Selector("playhead_processor_lag_records"),
    ),
    "sink": Stage(
        Selector("playhead_sink_states_total"),
        Selector("playhead_sink_dead_total"),
        Selector("playhead_sink_lag_records"),
    ),
    "query": Stage(
        Selector("playhead_query_requests_total"),
        Selector("playhead_query_requests_total", {"status": "5"}),
    ),
    # Caddy counts a request once for each of its handlers.
    "gateway": Stage(
        Selector("caddy_http_requests_total", {"handler": "reverse_proxy"}),
        Selector("caddy_http_request_duration_seconds_count", {"handler": "reverse_proxy", "code": "5"}),
    ),
}


@dataclass(frozen=True, slots=True)
class StageSample:
    """A stage's numbers at one time, in seconds; None where the service has no such metric yet."""

    at: float
    work: float | None = None
    errors: float | None = None
    lag: float | None = None


def read(page: str, stage: Stage, at: float) -> StageSample:
    """Read a stage's numbers from its metrics, summed over their labels."""
    # Parsed without the other metrics, which are hundreds of lines.
    names = tuple(one.metric for one in (stage.work, stage.errors, stage.lag) if one is not None)
    lines = "\n".join(line for line in page.splitlines() if line.startswith(names))
    samples = [
        (sample.name, sample.labels, sample.value)
        for family in text_string_to_metric_families(lines)
        for sample in family.samples
    ]

    def total(selector: Selector | None) -> float | None:
        if selector is None:
            return None
        values = [value for name, labels, value in samples if selector.takes(name, labels)]
        return sum(values) if values else None

    return StageSample(at, total(stage.work), total(stage.errors), total(stage.lag))


def rate(before: StageSample, after: StageSample) -> float | None:
    """Return the work per second between two samples; a counter that went back restarted at zero."""
    seconds = after.at - before.at
    if after.work is None or seconds <= 0:
        return None
    earlier = before.work or 0.0
    done = after.work - earlier if after.work >= earlier else after.work
    return done / seconds
