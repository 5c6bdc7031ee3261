"""Typed settings: one class a service, read from `PLAYHEAD_*` variables in its composition root.

Nothing here is instantiated at import. A service receives its settings as an argument and never
reads the environment itself, so two of them can run in one process under test.
"""

from playhead.settings.base import FrameAncestors, Origins, Port, Settings
from playhead.settings.commands import (
    ArchiveSettings,
    AuditSettings,
    EraseSettings,
    HotAuditSettings,
    MigrateSettings,
    RedriveSettings,
    SignInSettings,
)
from playhead.settings.http import HttpSettings
from playhead.settings.ingest import IngestSettings
from playhead.settings.policy import PolicySettings
from playhead.settings.processor import ProcessorSettings
from playhead.settings.query import QuerySettings
from playhead.settings.sink import SinkSettings
from playhead.settings.stores import KafkaSettings, PostgresSettings, RedisSettings
from playhead.settings.tokens import DEVELOPMENT_SECRET, SecretSettings, TokenSettings

__all__ = [
    "DEVELOPMENT_SECRET",
    "ArchiveSettings",
    "AuditSettings",
    "EraseSettings",
    "FrameAncestors",
    "HotAuditSettings",
    "HttpSettings",
    "IngestSettings",
    "KafkaSettings",
    "MigrateSettings",
    "Origins",
    "PolicySettings",
    "Port",
    "PostgresSettings",
    "ProcessorSettings",
    "QuerySettings",
    "RedisSettings",
    "RedriveSettings",
    "SecretSettings",
    "Settings",
    "SignInSettings",
    "SinkSettings",
    "TokenSettings",
]
