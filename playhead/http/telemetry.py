"""OpenTelemetry for an HTTP service, enabled by the standard `OTEL_*` variables.

Without OTEL_EXPORTER_OTLP_ENDPOINT (or one of its two variants for a single signal) the application is not
wrapped, and the `otel` extra is not required. With it, traces and metrics of requests are sent there as OTLP
over HTTP; the SDK itself reads the other variables: headers, timeouts, sampling, resource attributes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from pydantic_settings import BaseSettings, SettingsConfigDict

if TYPE_CHECKING:
    from starlette.types import ASGIApp

Signal = Literal["traces", "metrics"]

_PROTOCOL = "http/protobuf"


class TelemetryError(Exception):
    """The environment requires what is not available; the message names the way out."""


class TelemetrySettings(BaseSettings):
    """The `OTEL_*` variables that decide whether anything is sent; the SDK reads the others."""

    model_config = SettingsConfigDict(env_prefix="OTEL_", env_ignore_empty=True, extra="ignore", frozen=True)

    sdk_disabled: bool = False
    exporter_otlp_endpoint: str | None = None
    exporter_otlp_traces_endpoint: str | None = None
    exporter_otlp_metrics_endpoint: str | None = None
    exporter_otlp_protocol: str = _PROTOCOL
    traces_exporter: str = "otlp"
    metrics_exporter: str = "otlp"
    """`none` disables the signal."""

    @property
    def signals(self) -> frozenset[Signal]:
        """The signals that are sent; none without an address."""
        if self.sdk_disabled:
            return frozenset()
        return frozenset(signal for signal in get_args(Signal) if self._sends(signal))

    def _sends(self, signal: Signal) -> bool:
        exporter = getattr(self, f"{signal}_exporter")
        endpoint = getattr(self, f"exporter_otlp_{signal}_endpoint") or self.exporter_otlp_endpoint
        return exporter != "none" and endpoint is not None


def instrument(app: ASGIApp, service: str, settings: TelemetrySettings | None = None) -> ASGIApp:
    """Wrap an application so that its requests are traced and measured; returns it unchanged if disabled.

    Call it in the composition root, on the application that the server runs. The rest is sent when the
    lifespan of the application ends. An unavailable collector does not delay requests.

    Args:
        app: Serves the requests.
        service: The name in traces (`playhead-ingest`), unless OTEL_SERVICE_NAME is set.
        settings: By default, read from the environment.

    Raises:
        TelemetryError: the extra is not installed, or the protocol or exporter is not supported.
    """
    settings = TelemetrySettings() if settings is None else settings
    if not settings.signals:
        return app
    _check_supported(settings)
    try:
        from playhead.http.otlp import trace_and_measure  # noqa: PLC0415 - needs the extra
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("opentelemetry"):
            raise
        raise TelemetryError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but playhead was installed without its `otel` extra: "
            "pip install 'playhead[otel]', or unset the variable"
        ) from error
    return trace_and_measure(app, service, settings.signals)


def _check_supported(settings: TelemetrySettings) -> None:
    if settings.exporter_otlp_protocol != _PROTOCOL:
        raise TelemetryError(
            f"OTEL_EXPORTER_OTLP_PROTOCOL is {settings.exporter_otlp_protocol}: playhead speaks {_PROTOCOL} "
            "alone (a collector's port 4318)"
        )
    for signal in sorted(settings.signals):
        exporter = getattr(settings, f"{signal}_exporter")
        if exporter != "otlp":
            raise TelemetryError(f"OTEL_{signal.upper()}_EXPORTER is {exporter}: playhead has otlp and none")
