"""The addresses of PostgreSQL, and the secrets of all settings.

Addresses contain passwords. They are hidden in `repr`, and an invalid one is refused without being quoted: a
driver that cannot parse a URL names the offending part, which may be a part of the password.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import unquote

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from playhead.settings.addresses import Addresses, Dsn
from playhead.settings.base import UNREADABLE_ADDRESS, Settings
from playhead.settings.databases import ByTenant, read_databases
from playhead.settings.secret_files import SecretFile

_PASSWORD = re.compile(r"\bpassword\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(\S+))")
_SHORTEST_SECRET = 4
"""Characters: shorter texts are not removed from logs, as they occur in ordinary words."""


def _postgres(dsn: str) -> str:
    from psycopg import ProgrammingError, conninfo

    try:
        ports = str(conninfo.conninfo_to_dict(dsn).get("port") or "")
    except ProgrammingError:
        raise ValueError(UNREADABLE_ADDRESS) from None  # its text quotes the address
    if not all(port.isdigit() for port in ports.split(",") if port):
        raise ValueError(UNREADABLE_ADDRESS)
    return dsn


PostgresDsn = Annotated[str, Field(repr=False), AfterValidator(_postgres)]
_OptionalDsn = Annotated[
    str | None, Field(repr=False), AfterValidator(lambda given: None if given is None else _postgres(given))
]


class PostgresSettings(Settings):
    """The PostgreSQL database. The writer owns the rows; the reader cannot bypass row-level security."""

    postgres_dsn: PostgresDsn = "postgresql://playhead_writer@127.0.0.1:5432/playhead"
    """The connection of the processor and the sink."""
    postgres_password: SecretStr | None = None
    """The password for that connection, where the address has none."""
    postgres_reader_dsn: PostgresDsn = "postgresql://playhead_reader@127.0.0.1:5432/playhead"
    """The connection of the query API, and of ingest for acts on behalf of others, courses, and merged
    accounts, under row-level security."""
    postgres_reader_password: SecretStr | None = None
    """The password for that connection, where the address has none."""
    postgres_admin_dsn: PostgresDsn = "postgresql://postgres@127.0.0.1:5432/playhead"
    """The connection of `playhead migrate`; nothing else uses it."""
    postgres_admin_password: SecretStr | None = None
    """The password for that connection, where the address has none."""
    postgres_reports_dsn: _OptionalDsn = None
    """The connection of the query API for reports and exports, as the reader's role: a read replica. By
    default that of `postgres_reader_dsn`."""
    postgres_reports_password: SecretStr | None = None
    """The password for that connection, where the address has none; by default that of the reader."""
    postgres_databases_file: Path | None = None
    """A file of further databases and the tenants that each has, where one server cannot carry all; see
    `docs/databases.md`. It contains passwords, and is the same for every service and command."""

    @cached_property
    def databases(self) -> ByTenant[Addresses]:
        """Every database, and which one a tenant has."""
        default = Addresses.of(
            dsn=(self.postgres_dsn, self.postgres_password),
            reader_dsn=(self.postgres_reader_dsn, self.postgres_reader_password),
            admin_dsn=(self.postgres_admin_dsn, self.postgres_admin_password),
            reports_dsn=(self.postgres_reports_dsn, self.postgres_reports_password),
            named=lambda field: f"PLAYHEAD_POSTGRES_{field.upper()}",
        )
        return read_databases(default, self.postgres_databases_file, _postgres)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, which has the databases of its own addresses."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("databases", None)
        return copied

    @model_validator(mode="after")
    def _read_databases(self) -> Self:
        _ = self.databases  # a wrong file is refused here, when the service starts
        return self


class AliasSettings(PostgresSettings):
    """The map of people who were merged into others."""

    alias_refresh_seconds: float = Field(default=30.0, gt=0, le=60)
    """How often a service reads which accounts were merged. `playhead merge people` waits for twice as long,
    so all services and the command must agree on it."""


def secrets_of(settings: BaseSettings) -> frozenset[str]:
    """Every password in the settings, both as written and decoded."""
    found = {each for name in type(settings).model_fields for each in _secrets(settings, name)}
    for dsn in _dsns(settings):
        found |= {*_passwords(dsn), *_revealed(dsn.password)}
    return frozenset(each for each in found if len(each) >= _SHORTEST_SECRET)


def secret_files_of(settings: BaseSettings) -> list[SecretFile]:
    """Every password that is in a file, which may have another later."""
    values = [getattr(settings, name) for name in type(settings).model_fields]
    values += [dsn.password for dsn in _dsns(settings)]
    return [each for each in values if isinstance(each, SecretFile)]


def _dsns(settings: BaseSettings) -> Iterator[Dsn]:
    if isinstance(settings, PostgresSettings):
        for addresses in settings.databases.named.values():
            yield from (dsn for _, dsn in addresses)


def _secrets(settings: BaseSettings, name: str) -> Iterator[str]:
    value = getattr(settings, name)
    if isinstance(value, SecretStr):
        yield from _revealed(value)
    elif isinstance(value, str) and not type(settings).model_fields[name].repr:
        yield from _passwords(value)


def _revealed(secret: SecretStr | None) -> Iterator[str]:
    if secret is not None:
        yield secret.get_secret_value()


def _passwords(address: str) -> Iterator[str]:
    _, at, rest = address.partition("://")
    userinfo, has_user, _ = rest.rpartition("@")
    _, has_password, password = userinfo.partition(":")
    if at and has_user and has_password:
        yield from (password, unquote(password))
    for quoted, bare in _PASSWORD.findall(address):
        yield quoted or bare
