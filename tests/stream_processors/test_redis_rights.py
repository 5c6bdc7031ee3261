"""The rights that the processor asks for at Redis are enough."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stream_processors.errors import MissingPermissionError
from tests.stream_processors.heartbeats import crowd
from tests.stream_processors.world import World

pytestmark = pytest.mark.services


@pytest.fixture
def limited(world: World) -> Iterator[str]:
    """The address of Redis for a user with exactly the rights of the message."""
    rights = str(MissingPermissionError()).partition("PLAYHEAD_REDIS_URL ")[2].split()
    with world.redis() as redis:
        redis.execute_command("ACL", "SETUSER", "limited", "reset", "on", ">secret", *rights)
        yield world.environment["PLAYHEAD_REDIS_URL"].replace("redis://", "redis://limited:secret@")
        redis.acl_deluser("limited")


def test_the_processor_works_with_the_rights_that_it_asks_for(world: World, limited: str) -> None:
    with world.worker(PLAYHEAD_REDIS_URL=limited):
        world.send(crowd(200))
        assert sum(world.check().values()) == 200
