"""OpenTelemetry's standard variables, as far as they decide here what is traced and where it is sent."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Signal = Literal["traces", "metrics"]
SamplerName = Literal[
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
]


class TelemetrySettings(BaseSettings):
    """The `OTEL_*` variables that Playhead reads. OpenTelemetry's SDK reads others itself."""

    model_config = SettingsConfigDict(
        env_prefix="OTEL_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )

    sdk_disabled: bool = False
    """Whether nothing is sent, whatever else is set."""
    exporter_otlp_endpoint: str | None = None
    """The collector, by OTLP over HTTP: `http://collector:4318`. Without an endpoint nothing is traced."""
    exporter_otlp_traces_endpoint: str | None = None
    """The whole address for traces, if it is another: `http://tempo:4318/v1/traces`."""
    exporter_otlp_metrics_endpoint: str | None = None
    """The whole address for metrics of requests, which it turns on, as `OTEL_METRICS_EXPORTER` does."""
    exporter_otlp_protocol: str = "http/protobuf"
    """The only one there is."""
    traces_exporter: Literal["otlp", "none"] = "otlp"
    """`none`: no traces."""
    metrics_exporter: Literal["otlp", "none"] | None = None
    """`otlp`: HTTP services measure each request for the collector, too, which costs each request more than
    all of Playhead's own metrics; Prometheus has those at `/metrics`."""
    traces_sampler: SamplerName = "parentbased_traceidratio"
    """`parentbased_…` follows the decision of the caller's `traceparent`, within
    `PLAYHEAD_HTTP_TRACED_CALLERS_PER_SECOND`. Processor and sink trace what ingest has sampled."""
    traces_sampler_arg: float = Field(default=0.0001, ge=0, le=1)
    """The share of requests that is traced: 1 in 10,000."""
    bsp_max_queue_size: int = Field(default=2048, ge=512)
    """Spans that may wait for the collector; those beyond are dropped and counted."""
    service_name: str | None = None
    """By default `playhead-ingest`, `playhead-processor`, `playhead-sink` and `playhead-query`."""

    @property
    def signals(self) -> frozenset[Signal]:
        """The signals that are sent; none without an address."""
        if self.sdk_disabled:
            return frozenset()
        return frozenset(signal for signal in get_args(Signal) if self._sends(signal))

    @property
    def follows_callers(self) -> bool:
        """Whether the caller's decision counts."""
        return self.traces_sampler.startswith("parentbased_")

    @property
    def share(self) -> float:
        """The share of requests to sample, of those whose caller has not decided."""
        if self.traces_sampler.endswith("always_on"):
            return 1.0
        return 0.0 if self.traces_sampler.endswith("always_off") else self.traces_sampler_arg

    def _sends(self, signal: Signal) -> bool:
        if signal == "traces":
            own, exporter = self.exporter_otlp_traces_endpoint, self.traces_exporter
        else:
            own = self.exporter_otlp_metrics_endpoint
            exporter = self.metrics_exporter or ("none" if own is None else "otlp")
        return exporter == "otlp" and (own or self.exporter_otlp_endpoint) is not None
