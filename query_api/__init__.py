"""The query API: a person's progress, the reports for those who may see others, and live changes.

One person's view comes from Redis, or from Postgres when Redis is away, slow or does not hold the person;
everything shown is derived by `playhead.progress.summarize`, whichever of the two it came from. `app` builds
the application, `service` serves it.
"""
