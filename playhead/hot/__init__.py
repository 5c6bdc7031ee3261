"""The hot store, Redis, as all services use it.

`partitions` names the keys of a person, whose partition follows from the number of partitions in Redis.
"""
