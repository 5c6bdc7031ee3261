"""One person's progress: read from Redis, or from PostgreSQL where Redis cannot answer, and shown as lists.

`reader` is the interface of a store, `redis_reader` and `postgres_reader` are the two, and a
`FallbackReader` asks them in turn; `breaker` leaves a failing store alone. `catalogue` holds the policies
that `library` summarises progress under. `listing` sorts and cuts pages, `overview` counts, with what
`requirements` reads of the directory. `sessions` is the history, `dismissals` what a person removed from
Continue Watching. Begin with `library`.
"""
