"""Settings of the operators' commands."""

from __future__ import annotations

from pydantic import Field

from playhead.settings.policy import PolicySettings
from playhead.settings.stores import KafkaSettings, PostgresSettings, RedisSettings
from playhead.settings.tokens import TokenSettings


class AuditSettings(PostgresSettings, PolicySettings):
    """`playhead audit`: the policy must be the processor's, by which the rows were derived."""


class HotAuditSettings(KafkaSettings, RedisSettings, PostgresSettings):
    """`playhead audit` and `playhead status`: whether PostgreSQL has what Redis has."""


class ArchiveSettings(PostgresSettings):
    """`playhead archive` and `playhead history`."""

    audit_retention_days: int = Field(default=400, ge=30)
    """How long audit events stay; `playhead archive` deletes older ones. A year, and time to look into it.
    The database refuses to delete what is younger than 30 days."""


class EraseSettings(KafkaSettings, RedisSettings, PostgresSettings):
    """`playhead erase`."""


class RedriveSettings(KafkaSettings, PostgresSettings):
    """`playhead dead-letters`."""


class SignInSettings(RedisSettings, TokenSettings):
    """`playhead token`, and the sign-in links of `playhead up`."""


class MigrateSettings(KafkaSettings, PostgresSettings):
    """`playhead migrate`: topics and schema."""
