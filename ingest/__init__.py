"""Ingest receives heartbeats over HTTP and answers 202 once Kafka has acknowledged them.

A 2xx means that the heartbeat is in the log. After any other answer the player keeps it; 400, 413, 415 and
422 mean that sending it again cannot succeed.

In reading order: `bodies` is what players send, `translate` turns it into the record of the log, `hot_route`
takes heartbeats past the layers of the application, `endpoints` takes a request through `admission` (rates,
item quotas), decoding, translation and publishing, and `refusals` maps every failure to a problem. `app`
builds the application from settings, `service` runs it. `openapi` documents the endpoints; `write_openapi`
writes that for the public document.
"""
