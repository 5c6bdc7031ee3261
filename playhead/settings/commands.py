"""Settings of the operators' commands."""

from __future__ import annotations

from playhead.settings.policy import PolicySettings
from playhead.settings.stores import KafkaSettings, PostgresSettings, RedisSettings


class AuditSettings(PostgresSettings, PolicySettings):
    """`playhead audit`: the policy must be the processor's, by which the rows were derived."""


class ArchiveSettings(PostgresSettings):
    """`playhead archive` and `playhead history`."""


class EraseSettings(KafkaSettings, RedisSettings, PostgresSettings):
    """`playhead erase`."""


class MigrateSettings(KafkaSettings, PostgresSettings):
    """`playhead migrate`: topics and schema."""
