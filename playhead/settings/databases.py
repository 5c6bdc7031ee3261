"""The databases among which tenants are divided, from the file that PLAYHEAD_POSTGRES_DATABASES_FILE names.

One PostgreSQL primary stores so many states a second. Beyond that, tenants are divided into groups, each with
a database of its own. The database of the `PLAYHEAD_POSTGRES_*_DSN` settings is `default`: it has the tenants
that the file does not name. The file is JSON:

    {
      "databases": {
        "north": {
          "dsn": "postgresql://playhead_writer@north/playhead",
          "readerDsn": "postgresql://playhead_reader@north/playhead",
          "adminDsn": "postgresql://postgres@north/playhead",
          "reportsDsn": null,
          "passwordFile": "/run/secrets/north-writer"
        }
      },
      "tenants": {"01900000-0000-7000-8000-000000000001": "north"}
    }

Each address may have its password apart from it: `password`, `readerPassword`, `adminPassword` and
`reportsPassword`, or each of them as a file: `passwordFile` and so on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct
from pydantic import SecretStr

from playhead.progress.identifiers import TenantId
from playhead.settings.addresses import Addresses
from playhead.settings.secret_files import SecretFile

DEFAULT = "default"
"""The name of the database that has the tenants without an entry."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_PLACE = ("host", "hostaddr", "port", "dbname")

T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")


class DatabasesFileError(ValueError):
    """The file of databases is missing or wrong; the message names the entry, never an address."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"PLAYHEAD_POSTGRES_DATABASES_FILE: {reason}")


@dataclass(frozen=True, slots=True)
class ByTenant(Generic[T_co]):
    """One value for each database, found by its name or by a tenant."""

    named: Mapping[str, T_co]
    """`default` first."""
    tenants: Mapping[TenantId, str]
    """The database of each tenant that has an entry."""

    @staticmethod
    def only(value: U) -> ByTenant[U]:
        """The value of the one database of all tenants."""
        return ByTenant({DEFAULT: value}, {})

    def name_of(self, tenant: TenantId) -> str:
        """The name of the tenant's database."""
        return self.tenants.get(tenant, DEFAULT)

    def has(self, name: str, tenant: TenantId) -> bool:
        """Whether the tenant is of that database."""
        return self.name_of(tenant) == name

    def of(self, tenant: TenantId) -> T_co:
        """The value of the tenant's database."""
        return self.named[self.name_of(tenant)]

    def map(self, change: Callable[[T_co], U]) -> ByTenant[U]:
        """Another value for each database."""
        return ByTenant({name: change(value) for name, value in self.named.items()}, self.tenants)


class _Entry(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """One database of the file; its passwords are in the addresses, apart from them, or in files."""

    dsn: str
    reader_dsn: str
    admin_dsn: str
    reports_dsn: str | None = None
    password: str | None = None
    password_file: str | None = None
    reader_password: str | None = None
    reader_password_file: str | None = None
    admin_password: str | None = None
    admin_password_file: str | None = None
    reports_password: str | None = None
    reports_password_file: str | None = None

    def __repr__(self) -> str:
        """Without the addresses and passwords."""
        return "_Entry(...)"

    def addresses(self, database: str) -> Addresses:
        """The addresses with their passwords.

        Raises:
            ValueError: see `Addresses.of` and `_password`.
        """
        return Addresses.of(
            dsn=(self.dsn, self._password("", database)),
            reader_dsn=(self.reader_dsn, self._password("reader_", database)),
            admin_dsn=(self.admin_dsn, self._password("admin_", database)),
            reports_dsn=(self.reports_dsn, self._password("reports_", database)),
            named=lambda field: f"{_camel(field)} of database {database}",
        )

    def given(self) -> Iterator[tuple[str, str]]:
        """The addresses by their names in the file."""
        for name in ("dsn", "reader_dsn", "admin_dsn", "reports_dsn"):
            if (address := getattr(self, name)) is not None:
                yield _camel(name), address

    def _password(self, whose: str, database: str) -> SecretStr | None:
        name, file_name = f"{whose}password", f"{whose}password_file"
        given, path = getattr(self, name), getattr(self, file_name)
        if given is not None and path is not None:
            raise ValueError(f"{_camel(name)} and {_camel(file_name)} of database {database} are both given")
        if path is not None:
            return SecretFile(f"{_camel(file_name)} of database {database}", Path(path))
        return None if given is None else SecretStr(given)


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    """The content of the file."""

    databases: dict[str, _Entry]
    tenants: dict[str, str] = {}


def read_databases(default: Addresses, path: Path | None, check: Callable[[str], str]) -> ByTenant[Addresses]:
    """The databases of an installation.

    Args:
        default: The database of the settings.
        path: The file; None where there is one database.
        check: Raises ValueError for an address that cannot be used.

    Raises:
        DatabasesFileError: the file is missing or wrong.
    """
    if path is None:
        return ByTenant.only(default)
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_File)
    except OSError as error:
        raise DatabasesFileError(f"{path} cannot be read: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise DatabasesFileError(f"{path} is not a file of databases: {error}") from None
    _check_addresses(found.databases, check)
    named = {DEFAULT: default} | {
        _name(name): _with_passwords(name, each) for name, each in found.databases.items()
    }
    _refuse_twins(named)
    return ByTenant(named, dict(_tenants(found.tenants, named)))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def _name(name: str) -> str:
    if name == DEFAULT:
        raise DatabasesFileError("`default` is the database of the settings, and is not described")
    if not _NAME.fullmatch(name):
        raise DatabasesFileError(
            f"{name!r} is no name of a database: up to 40 letters a to z, digits and hyphens, a letter first"
        )
    return name


def _with_passwords(name: str, entry: _Entry) -> Addresses:
    try:
        return entry.addresses(name)
    except ValueError as error:
        raise DatabasesFileError(str(error)) from None


def _check_addresses(databases: Mapping[str, _Entry], check: Callable[[str], str]) -> None:
    for name, addresses in databases.items():
        for field, address in addresses.given():
            try:
                check(address)
            except ValueError as error:
                raise DatabasesFileError(f"{field} of database {name} {error}") from None


def _refuse_twins(named: Mapping[str, Addresses]) -> None:
    """Refuse two names of one database: two sinks would move the same positions."""
    from psycopg.conninfo import conninfo_to_dict

    places: dict[tuple[str, ...], str] = {}
    for name, each in named.items():
        found = conninfo_to_dict(each.dsn)
        place = tuple(str(found.get(part) or "") for part in _PLACE)
        if (other := places.setdefault(place, name)) != name:
            raise DatabasesFileError(f"databases {other} and {name} are one: their dsn have the same address")


def _tenants(tenants: Mapping[str, str], named: Mapping[str, object]) -> Iterator[tuple[TenantId, str]]:
    for tenant, name in tenants.items():
        try:
            canonical = str(UUID(tenant))
        except ValueError:
            canonical = ""
        if canonical != tenant:
            raise DatabasesFileError(f"{tenant!r} is no id of a tenant: a UUID in lower case is")
        if name not in named:
            raise DatabasesFileError(f"tenant {tenant} is given to database {name!r}, which is not described")
        yield TenantId(tenant), name
