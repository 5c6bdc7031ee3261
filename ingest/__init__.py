"""Ingest: heartbeats come in over HTTP and are answered 202 once the broker has acknowledged them.

`bodies` and `translation` say what a player sends and what it becomes in the log; `saving` takes a request
through authentication, limits, decoding, translation and publishing; `app` puts it together and `service`
runs it. A 2xx means that the heartbeat is in Kafka; anything else, that the player must keep it.
"""
