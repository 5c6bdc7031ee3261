"""One trace of a heartbeat: from the request over Kafka's headers to the row in PostgreSQL.

`context` is what travels: W3C's `traceparent` and the request's id, in HTTP and Kafka headers and in the log
lines of a request. `sampling` decides which requests are traced, by counting down to the next one. `start`
gives a service its tracer, or None, and `spans` is that tracer: the only module that needs OpenTelemetry's
packages, and is loaded only where traces are sent. Without a tracer nothing reads or writes a header.
"""
