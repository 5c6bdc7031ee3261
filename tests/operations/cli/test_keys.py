"""`playhead keys` creates, lists and revokes keys, with an audit event of each."""

from __future__ import annotations

import json

import psycopg
import pytest
from typer.testing import CliRunner, Result

from operations.cli.main import app
from playhead.api_keys.statements import MOST_KEYS
from tests.services import Database

pytestmark = pytest.mark.services

TENANT = "11111111-1111-4111-8111-111111111111"


@pytest.fixture(autouse=True)
def environment(fresh_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in fresh_database.environment.items():
        monkeypatch.setenv(name, value)


def keys(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, ["keys", *arguments])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def test_a_key_is_created_listed_and_revoked(fresh_database: Database) -> None:
    made = keys("create", "--tenant", TENANT, "--name", "Moodle", "--scope", "write", "--scope", "read")
    key = made.stdout.strip()
    key_id, _, secret = key.partition(".")
    assert key_id.startswith("pk_")
    listed = keys("list", "--tenant", TENANT, "--json").stdout
    (row,) = json.loads(listed)
    assert (row["keyId"], row["name"], row["scopes"]) == (key_id, "Moodle", ["read", "write"])
    assert secret not in listed
    assert "Moodle" in keys("list", "--tenant", TENANT).stdout

    assert "is revoked" in keys("revoke", key_id, "--yes").stdout
    (row,) = json.loads(keys("list", "--tenant", TENANT, "--json").stdout)
    assert row["revokedAt"] is not None
    with psycopg.connect(fresh_database.admin_dsn) as connection:
        events = connection.execute(
            "SELECT act, target, reason, origin LIKE 'command:%' FROM progress.audit_events ORDER BY at"
        ).fetchall()
        stored = connection.execute("SELECT to_jsonb(k)::text FROM progress.api_keys AS k").fetchall()
    assert events == [
        ("key", "playhead keys create", key_id, True),
        ("key", "playhead keys revoke", key_id, True),
    ]
    assert secret not in stored[0][0]


def test_what_is_wrong_is_said() -> None:
    for arguments, message in (
        (("create", "--tenant", "x", "--name", "n", "--scope", "read"), "--tenant"),
        (("create", "--tenant", TENANT, "--name", "", "--scope", "read"), "--name"),
        (("create", "--tenant", TENANT, "--name", "n", "--scope", "admin"), "--scope 'admin'"),
        (("revoke", "pk_x", "--yes"), "no id of a key"),
        (("revoke", f"pk_{'A' * 32}", "--yes"), "there is no key"),
    ):
        assert message in keys(*arguments, code=1).output


def test_there_are_only_so_many(fresh_database: Database) -> None:
    with psycopg.connect(fresh_database.admin_dsn) as connection:
        connection.execute(
            "INSERT INTO progress.api_keys (tenant_id, key_id, name, scopes, secret_sha256)"
            " SELECT %s, 'pk_' || lpad(n::text, 32, '0'), 'n', '{read}', sha256('')"
            " FROM generate_series(1, %s) AS n",
            [TENANT, MOST_KEYS],
        )
    one_more = ("create", "--tenant", TENANT, "--name", "n", "--scope", "read")
    assert "revoke one" in keys(*one_more, code=1).output
