"""A real Kafka, Redis and PostgreSQL, the services and a gateway as child processes, without Docker.

For a developer's machine and for tests: everything listens on 127.0.0.1 and trusts whatever connects from
there. Begin with `stores.stack`, the three stores in a `data_dir`, and `supervisor`, which keeps every
`unit` running by the rules of `restart`. A unit is a `process` behind a `guard`; the `gateway` is Caddy.
`monitor` samples them by their `metrics` and `readiness`, `checks` are those of `playhead doctor`, and
other commands find a `running_stack`. `errors` name the way out.
"""
