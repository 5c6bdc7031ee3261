"""One person's progress: read from Redis, or from PostgreSQL where Redis cannot answer, and shown as lists.

`reader` is the interface of a store, with `redis_reader`, `postgres_reader` and the `fallback_reader` that
asks them in turn; `breaker` decides whether a failing store is asked at all. `catalogue` holds the policies
that `library` summarises progress under. `listing` sorts and cuts pages, `overview` counts, with what
`requirements` reads of the directory. `sessions` is the history, `dismissals` what a person removed from
Continue Watching. Begin with `library`.
"""
