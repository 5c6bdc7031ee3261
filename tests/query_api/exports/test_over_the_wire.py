"""A file over a real connection: what is cut short is seen to be."""

from __future__ import annotations

from pathlib import Path

import httpx
import psycopg
import pytest

from tests.query_api.exports.tables import end_exports
from tests.query_api.serving import serving
from tests.query_api.world import World, headers, new_person

pytestmark = pytest.mark.services

ROWS = 60_000
"""20 MB, more than any buffer on the way holds."""


def test_a_file_that_is_cut_short_is_an_error_to_its_reader(world: World, tmp_path: Path) -> None:
    person = new_person()
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute(
            "INSERT INTO progress.people (tenant_id, user_id, display_name)"
            " SELECT %s, gen_random_uuid(), n || repeat('x', 300) FROM generate_series(1, %s) AS n",
            [person.tenant_id, ROWS],
        )
    with serving(world.settings(), tmp_path) as service:
        url = f"{service.url}/api/directory/people?format=csv"
        sent = headers(service.settings, person, ("admin",))
        with httpx.stream("GET", url, headers=sent, timeout=30) as response:
            assert response.headers["playhead-rows"] == str(ROWS)
            pieces = response.iter_raw()
            taken = len(next(pieces))
            end_exports(world)
            with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
                taken += sum(map(len, pieces))

        assert 0 < taken < ROWS * 300
        assert "the export of directory-people broke off: postgres: " in service.log.read_text()
