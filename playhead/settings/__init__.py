"""Typed settings, read from `PLAYHEAD_*` variables: one class for each service and each command.

Nothing is instantiated at import. A service receives its settings as an argument and never reads the
environment itself, so two of them can run in one process under test. The attribute docstrings are the
descriptions of `docs/configuration.md` and of `playhead settings`.

`base` holds what all share, `secret_files` how secrets are read from files, `kafka`, `redis` and
`stores` the addresses, `addresses` those of one database, `databases` the file of databases among which
tenants are divided, `tokens` how tokens are verified; `services` and `commands` combine them.
"""

from playhead.settings.addresses import Addresses
from playhead.settings.base import FrameAncestors, HttpSettings, Origins, PolicySettings, Port, Settings
from playhead.settings.commands import (
    ArchiveSettings,
    AuditSettings,
    EraseSettings,
    HotAuditSettings,
    MergeSettings,
    MigrateSettings,
    RebaseSettings,
    RedriveSettings,
    RepartitionSettings,
    SignInSettings,
)
from playhead.settings.databases import DEFAULT, ByTenant, DatabasesFileError
from playhead.settings.kafka import KafkaSettings
from playhead.settings.redis import RedisSettings
from playhead.settings.services import IngestSettings, ProcessorSettings, QuerySettings, SinkSettings
from playhead.settings.stores import PostgresSettings
from playhead.settings.tokens import DEVELOPMENT_SECRET, SecretSettings, TokenSettings

__all__ = [
    "DEFAULT",
    "DEVELOPMENT_SECRET",
    "Addresses",
    "ArchiveSettings",
    "AuditSettings",
    "ByTenant",
    "DatabasesFileError",
    "EraseSettings",
    "FrameAncestors",
    "HotAuditSettings",
    "HttpSettings",
    "IngestSettings",
    "KafkaSettings",
    "MergeSettings",
    "MigrateSettings",
    "Origins",
    "PolicySettings",
    "Port",
    "PostgresSettings",
    "ProcessorSettings",
    "QuerySettings",
    "RebaseSettings",
    "RedisSettings",
    "RedriveSettings",
    "RepartitionSettings",
    "SecretSettings",
    "Settings",
    "SignInSettings",
    "SinkSettings",
    "TokenSettings",
]
