"""The tracer of a service, if traces are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playhead.settings.telemetry import TelemetrySettings

if TYPE_CHECKING:
    from playhead.tracing.spans import Tracer

_PROTOCOL = "http/protobuf"


class TelemetryError(Exception):
    """The environment requires what is not available; the message names the way out."""


def start_tracer(service: str, settings: TelemetrySettings | None = None) -> Tracer | None:
    """The tracer of a service; None where no collector is set, and then nothing is imported.

    Args:
        service: Its name in traces (`playhead-ingest`), unless OTEL_SERVICE_NAME is set.
        settings: By default, read from the environment.

    Raises:
        TelemetryError: the extra is not installed, or the protocol is not supported.
    """
    settings = TelemetrySettings() if settings is None else settings
    if "traces" not in settings.signals:
        return None
    require_protocol(settings)
    try:
        from playhead.tracing.spans import Tracer
    except ModuleNotFoundError as error:
        raise extra_missing(error) from error
    return Tracer(service, settings.bsp_max_queue_size)


def require_protocol(settings: TelemetrySettings) -> None:
    """Refuse a protocol that is not supported.

    Raises:
        TelemetryError: it is not.
    """
    if settings.exporter_otlp_protocol != _PROTOCOL:
        raise TelemetryError(
            f"OTEL_EXPORTER_OTLP_PROTOCOL is {settings.exporter_otlp_protocol}: playhead speaks {_PROTOCOL} "
            "alone (a collector's port 4318)"
        )


def extra_missing(error: ModuleNotFoundError) -> Exception:
    """The error to raise after a failed import: how to install the extra, if it is its packages that lack."""
    if not (error.name or "").startswith("opentelemetry"):
        return error
    return TelemetryError(
        "OTEL_EXPORTER_OTLP_ENDPOINT is set, but playhead was installed without its `otel` extra: "
        "pip install 'playhead[otel]', or unset the variable"
    )
