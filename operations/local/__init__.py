"""A real Kafka, Redis and PostgreSQL as child processes, from package registries alone, without Docker.

For a developer's machine and for tests: everything listens on 127.0.0.1 and trusts whatever connects from
there. `Stack` runs the three stores, `supervisor` the services beside them, and `gateway` is Caddy before the
two HTTP services.
"""
