"""The settings of the operators' commands."""

from __future__ import annotations

from pydantic import Field

from playhead.settings.base import PolicySettings
from playhead.settings.kafka import KafkaSettings
from playhead.settings.redis import RedisSettings
from playhead.settings.stores import AliasSettings, PostgresSettings
from playhead.settings.tokens import TokenSettings


class AuditSettings(PostgresSettings, PolicySettings):
    """`playhead audit`. The policy must be that of the processor, by which the rows were derived."""


class HotAuditSettings(KafkaSettings, RedisSettings, PostgresSettings):
    """`playhead audit` and `playhead status`, which compare PostgreSQL with Redis."""


class ArchiveSettings(PostgresSettings):
    """`playhead archive` and `playhead history`."""

    audit_retention_days: int = Field(default=400, ge=30)
    """How long audit events are kept; `playhead archive` deletes older ones. A year, and time to examine it.
    The database refuses to delete events younger than 30 days."""


class EraseSettings(KafkaSettings, RedisSettings, PostgresSettings):
    """`playhead erase`."""


class MergeSettings(KafkaSettings, RedisSettings, AliasSettings):
    """`playhead merge people`."""


class RepartitionSettings(KafkaSettings, RedisSettings, PostgresSettings):
    """`playhead repartition`."""


class RebaseSettings(KafkaSettings, RedisSettings, PostgresSettings, PolicySettings):
    """`playhead rebase`. The policy must be that of the processor, by which rows are derived."""


class RedriveSettings(KafkaSettings, PostgresSettings):
    """`playhead dead-letters`."""


class SignInSettings(RedisSettings, TokenSettings):
    """`playhead token`, and the sign-in links of `playhead up`."""


class MigrateSettings(KafkaSettings, PostgresSettings):
    """`playhead migrate`: topics and schema."""
