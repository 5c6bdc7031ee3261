"""The one rule of what PostgreSQL's errors mean, and the one way to connect."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from playhead.postgres import connect, connection_options, is_outage, is_refusal, is_schema_missing


@pytest.mark.parametrize(
    ("error", "outage", "refusal", "missing"),
    [
        (psycopg.OperationalError("the connection is closed"), True, False, False),
        (psycopg.InterfaceError("the cursor is closed"), True, False, False),
        (psycopg.ProgrammingError("the query has 0 placeholders"), False, False, False),
        (errors.ConnectionFailure(), True, False, False),
        (errors.DeadlockDetected(), True, False, False),
        (errors.TooManyConnections(), True, False, False),
        (errors.DiskFull(), True, False, False),
        (errors.LockNotAvailable(), True, False, False),
        (errors.AdminShutdown(), True, False, False),
        (errors.QueryCanceled(), True, False, False),
        (errors.IoError(), True, False, False),
        (errors.ReadOnlySqlTransaction(), True, False, False),
        (errors.CardinalityViolation(), False, True, False),
        (errors.NumericValueOutOfRange(), False, True, False),
        (errors.UniqueViolation(), False, True, False),
        (errors.ProgramLimitExceeded(), False, True, False),
        (errors.InvalidSchemaName(), False, False, True),
        (errors.UndefinedTable(), False, False, True),
        (errors.UndefinedFunction(), False, False, True),
        (errors.UndefinedColumn(), False, False, False),
        (errors.InsufficientPrivilege(), False, False, False),
        (errors.InternalError_(), False, False, False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_is_an_outage_a_refusal_a_missing_schema_or_none(
    error: psycopg.Error, *, outage: bool, refusal: bool, missing: bool
) -> None:
    assert (is_outage(error), is_refusal(error), is_schema_missing(error)) == (outage, refusal, missing)


def test_a_server_that_refuses_connections_is_an_outage() -> None:
    with pytest.raises(psycopg.OperationalError) as raised:
        connect("postgresql://playhead_reader@127.0.0.1:1/playhead", "test")
    assert is_outage(raised.value)


def test_a_connection_asks_a_pooler_for_nothing_that_it_cannot_give() -> None:
    options = connection_options("test", autocommit=False)
    assert (options["application_name"], options["autocommit"]) == ("test", False)
    assert options["prepare_threshold"] is None
    assert "options" not in options
