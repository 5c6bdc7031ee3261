"""Loaded by alembic: runs the revisions on the connection that `run.migrate` passes."""

from __future__ import annotations

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    version_table_schema="progress",
    on_version_apply=attributes["on_version_apply"],
)
context.run_migrations()
