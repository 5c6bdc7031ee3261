"""The rights that the documentation gives the processor at Redis are enough."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from playhead.redis.rights import rules
from tests.hot import KEYS
from tests.stream_processors.heartbeats import crowd
from tests.stream_processors.world import World

pytestmark = pytest.mark.services


@pytest.fixture
def login(world: World) -> Iterator[dict[str, str]]:
    """The settings of a user with exactly these rights."""
    with world.redis() as redis:
        rights = rules("processor", KEYS).split()
        redis.execute_command("ACL", "SETUSER", "limited", "reset", "on", ">secret", *rights)
        yield {"PLAYHEAD_REDIS_USER": "limited", "PLAYHEAD_REDIS_PASSWORD": "secret"}
        redis.acl_deluser("limited")


def test_the_processor_works_with_the_rights_that_it_asks_for(world: World, login: dict[str, str]) -> None:
    with world.worker(**login):
        world.send(crowd(200))
        assert sum(world.check().values()) == 200
