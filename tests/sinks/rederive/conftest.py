from __future__ import annotations

from collections.abc import Iterator

import pytest

from sinks.tables.store import Store
from tests.services import Database


@pytest.fixture
def store(fresh_database: Database) -> Iterator[Store]:
    store = Store(fresh_database.writer_dsn, "rederived")
    yield store
    store.close()
