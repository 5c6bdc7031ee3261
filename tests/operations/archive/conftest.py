from __future__ import annotations

import pytest

from tests.operations import past_sessions as past
from tests.operations.archive.months import AUGUST, JULY, JUNE
from tests.services import Database


@pytest.fixture
def stored(fresh_database: Database) -> Database:
    for month, count in ((JUNE, 300), (JULY, 200), (AUGUST, 50)):
        past.store(fresh_database, past.month_of_sessions(month, count))
    return fresh_database
