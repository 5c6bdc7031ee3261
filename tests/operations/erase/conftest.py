from __future__ import annotations

import pytest

from tests.hot import KEYS
from tests.operations.erase.organisations import UNKNOWN, of_two_organisations, plant, token_of
from tests.operations.erase.people import TENANT, crowd_of_two_tenants
from tests.operations.whole_pipeline import ELSEWHERE, Whole


@pytest.fixture
def watched(whole: Whole) -> Whole:
    """A crowd has watched, all of it is stored, and no service runs."""
    whole.register()
    # The author cannot write the keys of sessions without an id.
    whole.store([each for each in crowd_of_two_tenants() if each.session_id is not None])
    return whole


@pytest.fixture
def lived(whole: Whole) -> Whole:
    """A crowd has watched, and a processor and a sink have stored it."""
    whole.register()
    whole.world.send(crowd_of_two_tenants())
    with whole.at_work():
        whole.through()
    return whole


@pytest.fixture
def two(whole: Whole) -> Whole:
    """Two organisations have rows in every table, and no service runs."""
    plant(whole)
    # The author cannot write the keys of sessions without an id, nor older sessions apart.
    whole.store([each for each in of_two_organisations()[:300] if each.session_id is not None])
    with whole.world.redis() as redis:
        redis.zadd(KEYS.over_quota, {f"{TENANT}:{UNKNOWN}": 1, f"{ELSEWHERE}:{UNKNOWN}": 1})
        redis.set("sign-in:1", token_of(TENANT))
        redis.set("sign-in:2", token_of(ELSEWHERE))
    return whole


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands give a store that is away three seconds."""
    monkeypatch.setattr("operations.stores.ACK_SECONDS", 3.0)
    monkeypatch.setattr("playhead.kafka.topics.REQUEST_SECONDS", 3.0)
    monkeypatch.setattr("operations.topic_reader.REQUEST_SECONDS", 3.0)
