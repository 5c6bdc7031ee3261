"""The query API: a person's progress, the reports for those who may see others, and live changes.

One person's view comes from Redis, or from PostgreSQL when Redis is away, slow or does not hold the person;
everything shown is derived by `playhead.progress.summarize`, whichever of the two it came from.

Begin with `app` (what is connected to what) and `routes` (one module for each part of the API). Below them:
`access` decides who may read whom, `progress` reads one person, `reports` and `evidence` read PostgreSQL,
`exports` writes a report as a file, `live` streams changes, `directory` is what administrators enter,
`audit_trail` records privileged acts. `http` and `openapi` are shared by the routes, `pages` serves the built
pages, `context` holds what a request needs, `service` runs the process.
"""
