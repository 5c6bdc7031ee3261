from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pooler.pgbouncer import PgBouncer, pgbouncer, program
from tests.services import Database, Services


@pytest.fixture(scope="package")
def pooler(services: Services) -> Iterator[PgBouncer]:
    if program() is None:
        pytest.skip("pgbouncer is not installed (Debian's package is of that name)")
    with pgbouncer(services.postgres_admin_dsn) as running:
        yield running


@pytest.fixture
def pooled(pooler: PgBouncer, fresh_database: Database) -> Database:
    """A migrated database, by way of the pooler."""
    return Database(pooler.through(fresh_database.admin_dsn))
