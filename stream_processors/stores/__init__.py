"""The stores of the processor, and the topic that it publishes to.

`hot_store` is Redis, with a Lua script for each fenced operation; `redis_calls` says which of its failures
waiting resolves; `erased_flag` is also written by `playhead erase`. `durable_store` reads PostgreSQL by the
connections of `postgres`, and `restore` copies people from there to Redis. `policy_cache` keeps the items'
policies in memory. `publish` writes states, dead letters and checkpoints to Kafka.
"""
