"""The parts that every service shares over HTTP.

`server` runs an application on uvicorn within the limits of `protocol` and with `common_headers`, `workers`
several processes of it on one port; `problems` answers every error as RFC 9457; `bodies` reads bodies within
limits, `parameters` refuses unknown query parameters, `shares` limits what one person or organisation holds.
`openapi` is common to the documents of both services, and `aliases` keeps which accounts were merged.
`health`, `logs` and `telemetry` (with `otlp_metrics`) are for operators. Begin with `problems` and `server`.
"""
