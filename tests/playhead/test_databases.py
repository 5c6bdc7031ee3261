"""The file of databases: which database a tenant has, and what is refused when a service starts."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from playhead.progress.identifiers import TenantId
from playhead.settings import DEFAULT, QuerySettings, SinkSettings
from playhead.settings.stores import PostgresSettings, secrets_of
from playhead.wire.keys import checkpoint_key
from sinks.states.share import TenantShare

NORTH, OTHER = (TenantId(str(uuid.UUID(int=number))) for number in (1, 2))
PASSWORD = "correct-horse"


def addresses(host: str = "north") -> dict[str, str]:
    return {
        "dsn": f"postgresql://playhead_writer:{PASSWORD}@{host}/playhead",
        "readerDsn": f"postgresql://playhead_reader@{host}/playhead",
        "adminDsn": f"postgresql://postgres@{host}/playhead",
    }


def written(directory: Path, content: dict[str, Any] | str) -> Path:
    path = directory / "databases.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path, {"databases": {"north": addresses()}, "tenants": {NORTH: "north"}})


def test_without_a_file_all_tenants_have_one_database() -> None:
    databases = PostgresSettings().databases
    assert list(databases.named) == [DEFAULT]
    assert databases.of(NORTH).dsn == PostgresSettings().postgres_dsn
    assert TenantShare.of(SinkSettings()) is None


def test_a_tenant_has_the_database_of_its_entry_and_any_other_the_default(file: Path) -> None:
    databases = PostgresSettings(postgres_databases_file=file).databases
    assert list(databases.named) == [DEFAULT, "north"]
    assert databases.of(NORTH).reader_dsn == addresses()["readerDsn"]
    assert databases.of(NORTH).reports == addresses()["readerDsn"]
    assert databases.of(OTHER).dsn == PostgresSettings().postgres_dsn


def test_passwords_of_the_file_are_hidden(file: Path) -> None:
    settings = PostgresSettings(postgres_databases_file=file)
    assert PASSWORD in secrets_of(settings)
    assert PASSWORD not in repr(settings) + repr(settings.databases)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "is not a file of databases"),
        ({"tenants": {}}, "required field `databases`"),
        ({"databases": {"north": {"dsn": "postgresql://north/x"}}}, "required field `readerDsn`"),
        ({"databases": {"north": addresses() | {"port": 1}}}, "unknown field `port`"),
        ({"databases": {"north": addresses() | {"dsn": "postgresql://a:b@c@:x"}}}, "dsn of database north"),
        ({"databases": {DEFAULT: addresses()}}, "`default` is the database of the settings"),
        ({"databases": {"North!": addresses()}}, "'North!' is no name of a database"),
        ({"databases": {"north": addresses(), "south": addresses()}}, "north and south are one"),
        ({"databases": {}, "tenants": {NORTH: "south"}}, "database 'south', which is not described"),
        ({"databases": {}, "tenants": {"Acme": DEFAULT}}, "'Acme' is no id of a tenant"),
        ({"databases": {}, "tenants": {str(uuid.uuid4()).upper(): DEFAULT}}, "is no id of a tenant"),
    ],
)
def test_a_wrong_file_is_refused_when_a_service_starts_and_no_password_is_shown(
    tmp_path: Path, content: dict[str, Any] | str, reason: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        PostgresSettings(postgres_databases_file=written(tmp_path, content))
    assert reason in str(refused.value)
    assert "PLAYHEAD_POSTGRES_DATABASES_FILE" in str(refused.value)
    assert PASSWORD not in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="cannot be read: No such file"):
        QuerySettings(postgres_databases_file=tmp_path / "none.json", environment="development")


def test_a_sink_of_a_database_that_is_not_described_is_refused(file: Path) -> None:
    with pytest.raises(ValidationError, match=r"PLAYHEAD_SINK_DATABASE is 'south', .* default, north"):
        SinkSettings(postgres_databases_file=file, sink_database="south")


def test_each_record_is_of_one_database_and_checkpoints_are_of_all(file: Path) -> None:
    shares = {
        name: TenantShare.of(SinkSettings(postgres_databases_file=file, sink_database=name))
        for name in (DEFAULT, "north")
    }

    def of(key: bytes | None) -> list[str]:
        return [name for name, share in shares.items() if share is not None and share.has(key)]

    assert of(f"{NORTH}:a:b".encode()) == ["north"]
    assert of(f"{OTHER}:a:b".encode()) == [DEFAULT]
    assert of(checkpoint_key(3).encode()) == [DEFAULT, "north"]
    assert of(None) == of(b"nonsense") == of(b"\xff:a:b") == [DEFAULT]
