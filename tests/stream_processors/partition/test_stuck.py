"""A process whose own clients are stuck, while the stores answer others, recovers or exits.

The broker refuses the worker's producer alone, as after a freeze (ADR 0020); a frozen broker itself is the
business of `tests/faults`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from playhead.settings import KafkaSettings
from tests.playhead.kafka.proxy import Proxy, proxied
from tests.stream_processors.heartbeats import crowd
from tests.stream_processors.process import eventually
from tests.stream_processors.world import World

pytestmark = [pytest.mark.services, pytest.mark.faults]

HEALED_S = 120
"""A producer gives up after 9 s, and does so twice before it is replaced."""


@pytest.fixture
def proxy(world: World) -> Iterator[Proxy]:
    with proxied(KafkaSettings(kafka_servers=world.servers)) as (proxy, _):
        yield proxy


@pytest.mark.chaos
def test_a_worker_whose_producer_alone_finds_no_leader_heals(world: World, proxy: Proxy) -> None:
    with world.worker(PLAYHEAD_KAFKA_SERVERS=proxy.servers) as worker:
        world.send(crowd(200))
        world.settled()
        proxy.deny(new=True)
        world.send(crowd(200, seed=5))
        status, text = eventually(lambda: unready(worker.answers("/readyz")), "it says so", HEALED_S)
        assert status == 503
        assert "partition " in text
        assert "step emit fails for " in text
        eventually(lambda: "replacing the producer" in worker.log_text, "the producer is replaced", HEALED_S)
        proxy.trust_new()
        assert sum(world.check().values()) == 400
        assert worker.process.poll() is None
        eventually(lambda: worker.answers("/readyz")[0] == 200, "it is ready")


@pytest.mark.chaos
def test_retries_against_a_broker_that_answers_others_are_no_sign_of_life(world: World, proxy: Proxy) -> None:
    """Before its producer is replaced, here: the time that a partition may stand still is shorter."""
    with world.worker(PLAYHEAD_KAFKA_SERVERS=proxy.servers, PLAYHEAD_PROCESSOR_STALL_SECONDS="5") as worker:
        world.send(crowd(200))
        world.settled()
        proxy.deny(new=True)
        world.send(crowd(200, seed=5))
        assert worker.ended(HEALED_S) != 0
        assert "has not moved from offset" in worker.log_text
    with world.worker():
        assert sum(world.check().values()) == 400


def unready(answer: tuple[int, str]) -> tuple[int, str] | None:
    return None if answer[0] == 200 else answer
