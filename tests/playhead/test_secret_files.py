"""Every secret may be in a file; a wrong file is named, and its content is not shown."""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from operations.cli.deployment import rows
from operations.cli.failures import describe
from operations.local.running_stack import settings_from
from playhead import settings as module
from playhead.http.logs import JsonFormatter
from playhead.settings import KafkaSettings, PostgresSettings, QuerySettings, Settings, TokenSettings
from playhead.settings.addresses import password_of
from playhead.settings.secret_files import is_password, is_secret
from playhead.settings.stores import secret_files_of, secrets_of

CANARY = "canary-4711-canary-4711-canary-4711"
KINDS = [kind for kind in vars(module).values() if inspect.isclass(kind) and issubclass(kind, Settings)]
ADDRESSES = {
    "redis_url": f"redis://:{CANARY}@127.0.0.1:1/0",
    "token_jwks_url": f"https://me:{CANARY}@issuer.example/keys",
    "kafka_oauth_token_url": "https://issuer.example/token",
}
SASL = {
    "PLAYHEAD_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
    "PLAYHEAD_KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
    "PLAYHEAD_KAFKA_SASL_USERNAME": "ingest",
    "PLAYHEAD_KAFKA_SASL_PASSWORD": CANARY,
}

SENTINEL = {
    "PLAYHEAD_REDIS_URL": "rediss://127.0.0.1:1/0",
    "PLAYHEAD_REDIS_MODE": "sentinel",
    "PLAYHEAD_REDIS_SENTINELS": "127.0.0.1:1",
    "PLAYHEAD_REDIS_SENTINEL_MASTER": "playhead",
}


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYHEAD_TOKEN_SECRET", CANARY)
    for name, value in (SASL | SENTINEL).items():
        monkeypatch.setenv(name, value)


SECRETS = [
    pytest.param(kind, name, id=f"{kind.__name__}-{name}")
    for kind in KINDS
    for name, field in kind.model_fields.items()
    if is_secret(field)
]


@pytest.mark.parametrize(("kind", "name"), SECRETS)
def test_every_secret_setting_may_be_in_a_file(
    kind: type[Settings], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = CANARY
    if not is_password(kind.model_fields[name]):
        value = ADDRESSES.get(name, f"postgresql://me:{CANARY}@127.0.0.1/playhead")
    file = tmp_path / "secret"
    file.write_text(f"{value}\n")
    monkeypatch.delenv(f"PLAYHEAD_{name.upper()}", raising=False)
    monkeypatch.setenv(f"PLAYHEAD_{name.upper()}_FILE", str(file))
    found = getattr(kind(), name)
    assert str(found.get_secret_value() if isinstance(found, SecretStr) else found) == value
    assert CANARY not in repr(kind())


def wrong(file: Path) -> str:
    with pytest.raises(ValidationError) as refused:
        KafkaSettings()
    assert CANARY not in describe(refused.value) + str(refused.value) + repr(refused.value)
    assert str(file) in describe(refused.value)
    return describe(refused.value)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Path.absolute, "cannot be read: No such file or directory"),
        (lambda file: file.mkdir(), "cannot be read: Is a directory"),
        (lambda file: file.write_bytes(b"\n"), "is empty"),
        (lambda file: file.write_bytes(CANARY.encode() + b"\xff"), "is not in UTF-8"),
        (lambda file: file.write_bytes(CANARY.encode() * 2_000), "more than 65536 bytes"),
    ],
)
def test_a_wrong_file_names_setting_and_path_and_no_content(
    make: Callable[[Path], object], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    make(file)
    monkeypatch.delenv("PLAYHEAD_KAFKA_SASL_PASSWORD")
    monkeypatch.setenv("PLAYHEAD_KAFKA_SASL_PASSWORD_FILE", str(file))
    assert wrong(file).startswith("PLAYHEAD_KAFKA_SASL_PASSWORD_FILE: ")
    assert said in wrong(file)


def test_variable_and_file_together_are_refused_by_both_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    file.write_text(CANARY)
    monkeypatch.setenv("PLAYHEAD_KAFKA_SASL_PASSWORD_FILE", str(file))
    with pytest.raises(ValidationError) as refused:
        KafkaSettings()
    said = describe(refused.value)
    assert said.startswith("PLAYHEAD_KAFKA_SASL_PASSWORD and PLAYHEAD_KAFKA_SASL_PASSWORD_FILE are both set")


def test_an_empty_variable_beside_a_file_counts_as_not_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    file.write_text("of the file")
    monkeypatch.setenv("PLAYHEAD_KAFKA_SASL_PASSWORD", "")
    monkeypatch.setenv("PLAYHEAD_KAFKA_SASL_PASSWORD_FILE", str(file))
    found = KafkaSettings().kafka_sasl_password
    assert found is not None
    assert found.get_secret_value() == "of the file"


def test_a_short_secret_in_a_file_is_refused_as_in_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    file.write_text("short")
    monkeypatch.delenv("PLAYHEAD_TOKEN_SECRET")
    monkeypatch.setenv("PLAYHEAD_TOKEN_SECRET_FILE", str(file))
    with pytest.raises(ValidationError, match="at least 32"):
        TokenSettings()


def test_a_file_comes_before_what_a_running_stack_offers(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(CANARY)
    offered = {"PLAYHEAD_POSTGRES_PASSWORD": "of the stack"}
    environment = {"PLAYHEAD_POSTGRES_PASSWORD_FILE": str(file)}
    found = settings_from(PostgresSettings, offered, environment)
    assert found.postgres_password is None  # this test's own environment names no file


def test_a_password_is_read_again_and_stays_while_its_file_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "secret"
    file.write_text("the first\n")
    monkeypatch.setenv("PLAYHEAD_POSTGRES_READER_PASSWORD_FILE", str(file))
    settings = PostgresSettings()
    dsn = settings.databases.named["default"].reader_dsn
    assert password_of(dsn) == "the first"
    file.write_text("the second\n")
    assert password_of(dsn) == "the second"
    file.unlink()
    assert password_of(dsn) == "the second"
    assert f"PLAYHEAD_POSTGRES_READER_PASSWORD_FILE: {file} cannot be read" in caplog.text
    assert "second" not in caplog.text


def test_no_log_shows_a_secret_that_a_file_had_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    file.write_text("the first")
    monkeypatch.setenv("PLAYHEAD_POSTGRES_PASSWORD_FILE", str(file))
    settings = QuerySettings()
    made = JsonFormatter(secrets=secrets_of(settings), files=secret_files_of(settings))

    def logged(text: str) -> str:
        return made.format(logging.LogRecord("x", logging.ERROR, __file__, 1, text, (), None))

    file.write_text("the second")
    assert password_of(settings.databases.named["default"].dsn) == "the second"
    assert "the first" not in logged("was the first")
    assert "the second" not in logged("is the second")


def test_a_password_apart_from_an_address_that_has_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYHEAD_POSTGRES_DSN", f"postgresql://me:{CANARY}@127.0.0.1/playhead")
    monkeypatch.setenv("PLAYHEAD_POSTGRES_PASSWORD", CANARY)
    with pytest.raises(ValidationError) as refused:
        PostgresSettings()
    assert "PLAYHEAD_POSTGRES_DSN contains a password, and another is given" in describe(refused.value)
    assert CANARY not in describe(refused.value)


def test_the_replica_has_the_reader_s_password_unless_it_has_its_own() -> None:
    reader = SecretStr("of the reader")
    found = PostgresSettings(
        postgres_reader_password=reader, postgres_reports_dsn="postgresql://playhead_reader@replica/playhead"
    )
    assert password_of(found.databases.named["default"].reports) == "of the reader"
    own = found.model_copy(update={"postgres_reports_password": SecretStr("its own")})
    assert password_of(own.databases.named["default"].reports) == "its own"
    within = found.model_copy(update={"postgres_reports_dsn": "postgresql://r:within@replica/playhead"})
    assert password_of(within.databases.named["default"].reports) is None


def databases_file(tmp_path: Path, **changed: str) -> Path:
    address = "postgresql://{}@north/playhead"
    north = {
        "dsn": address.format("playhead_writer"),
        "readerDsn": address.format("playhead_reader"),
        "adminDsn": address.format("postgres"),
    }
    path = tmp_path / "databases.json"
    path.write_text(json.dumps({"databases": {"north": north | changed}}))
    return path


def test_the_databases_of_the_file_have_passwords_apart(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{CANARY}\n")
    path = databases_file(tmp_path, passwordFile=str(file), readerPassword="of the reader")
    settings = PostgresSettings(postgres_databases_file=path)
    north = settings.databases.named["north"]
    assert [password_of(each) for _, each in north] == [CANARY, "of the reader", None]
    assert {CANARY, "of the reader"} <= secrets_of(settings)
    assert len(secret_files_of(settings)) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"password": CANARY, "passwordFile": "/x"}, "password and passwordFile of database north are both"),
        ({"adminPasswordFile": "/no/file"}, "adminPasswordFile of database north: /no/file cannot be read"),
        (
            {"dsn": f"postgresql://me:{CANARY}@north/playhead", "password": CANARY},
            "dsn of database north contains a password",
        ),
    ],
)
def test_a_wrong_password_of_the_databases_file_names_its_entry(
    given: dict[str, str], said: str, tmp_path: Path
) -> None:
    with pytest.raises(ValidationError) as refused:
        PostgresSettings(postgres_databases_file=databases_file(tmp_path, **given))
    assert f"PLAYHEAD_POSTGRES_DATABASES_FILE: {said}" in describe(refused.value)
    assert CANARY not in describe(refused.value)


def test_the_table_of_settings_names_the_file_of_each_secret() -> None:
    documented = {name: meaning for name, _, meaning, _ in rows()}
    for name in ("PLAYHEAD_POSTGRES_READER_PASSWORD", "PLAYHEAD_REDIS_URL", "PLAYHEAD_TOKEN_SECRET"):
        assert documented[name].endswith(f"Or in a file: `{name}_FILE`.")
    assert "_FILE" not in documented["PLAYHEAD_KAFKA_SERVERS"]
