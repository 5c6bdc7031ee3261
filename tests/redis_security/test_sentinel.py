"""A primary dies: the Sentinels promote its replica, which lacks the last writes, and nothing is lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from typer.testing import CliRunner

from operations.cli.main import app
from operations.stores import StoreUnavailableError, redis
from playhead.hot.partitions import HotPartitions
from playhead.redis.connection import async_client
from playhead.redis.refusals import NoPrimaryError
from playhead.settings import KafkaSettings, RedisSettings, SinkSettings
from query_api.access import Person
from query_api.live.subscription import subscribed
from query_api.progress.redis_reader import RedisReader, connect
from stream_processors.errors import HotPartitionMovedError, RedisUnavailableError
from stream_processors.stores.hot_store import HotStore
from tests.redis_security.servers import PASSWORD, Watched, watched_by_sentinels
from tests.services import PARTITIONS, Database, Services
from tests.sinks.running import sink_process
from tests.stream_processors.heartbeats import crowd, heartbeat
from tests.stream_processors.process import eventually
from tests.stream_processors.stores.test_publish import decision_of
from tests.stream_processors.world import World

pytestmark = [pytest.mark.services, pytest.mark.faults]

BEAT = heartbeat(user=1, until_ms=10_000)
PROMOTED_S = 60


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    with watched_by_sentinels(tmp_path) as servers:
        yield servers


def cut_off(servers: Watched) -> None:
    """From now on the replica gets no writes: the primary refuses it."""
    with servers.replica.client() as replica, servers.primary.client() as primary:
        replica.config_set("masterauth", "refused: the primary has no password")
        primary.client_kill_filter(_type="replica")
        eventually(lambda: replica.info("replication")["master_link_status"] == "down", "the cut")


def fail_over(servers: Watched) -> None:
    servers.primary.kill()
    eventually(servers.is_promoted, "the replica's promotion", PROMOTED_S)


@pytest.mark.anyio
async def test_the_fence_finds_what_the_new_primary_lacks(watched: Watched) -> None:
    settings = watched.settings
    store, client = HotStore(settings), connect(settings, 5.0)
    clock = asyncio.get_running_loop().time
    reader = RedisReader(client, 5.0, clock, HotPartitions(settings.redis_keys, clock))
    person = Person(BEAT.tenant_id, BEAT.user_id)
    await store.require_partitions(1)
    await store.claim(0, 1)
    await store.write(decision_of(1), generation=1, expected=None, published=0)
    with watched.primary.client() as primary:
        assert primary.wait(1, 10_000) == 1
    cut_off(watched)
    await store.write(decision_of(2, after=1), generation=1, expected=1, published=0)
    async with subscribed(settings):
        assert list(await reader.items(person)) == [BEAT.content_id]
    watched.primary.kill()
    with pytest.raises(RedisUnavailableError):
        await store.claim(0, 1)
    await asyncio.to_thread(eventually, watched.is_promoted, "the promotion", PROMOTED_S)
    await asyncio.to_thread(eventually, lambda: _answers(settings), "the Sentinels name it", PROMOTED_S)
    with pytest.raises(HotPartitionMovedError, match="partition 0 at offset 1"):
        await store.write(decision_of(1, after=2), generation=1, expected=2, published=2)
    found = await store.claim(0, 1)
    assert found is not None
    assert found.ledger.next_offset == 1
    await store.write(decision_of(2, after=1), generation=1, expected=1, published=0)
    client_again = connect(settings, 5.0)
    reader = RedisReader(client_again, 5.0, clock, HotPartitions(settings.redis_keys, clock))
    assert list(await reader.items(person)) == [BEAT.content_id]
    async with subscribed(settings):
        pass
    for each in (client, client_again):
        await each.aclose()
    await store.close()


def _answers(settings: RedisSettings) -> bool:
    try:
        with redis(settings, "status") as client:
            return bool(client.ping())
    except StoreUnavailableError:
        return False


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"redis_sentinel_master": "other"}, "no primary named 'other' (PLAYHEAD_REDIS_SENTINEL_MASTER)"),
        ({"redis_sentinel_password": "wrong"}, "refuse the login (PLAYHEAD_REDIS_SENTINEL_USER and"),
        ({"redis_sentinels": "127.0.0.1:1"}, "no Sentinel answers (PLAYHEAD_REDIS_SENTINELS)"),
    ],
)
async def test_what_the_sentinels_do_not_say(sentinels: Watched, wrong: dict[str, str], said: str) -> None:
    values = {name.removeprefix("PLAYHEAD_").lower(): value for name, value in sentinels.environment.items()}
    settings = RedisSettings.model_validate(values | wrong)
    with pytest.raises(StoreUnavailableError) as refused, redis(settings, "status") as client:
        client.ping()
    assert said in str(refused.value)
    async with async_client(settings, "test") as service:
        with pytest.raises(NoPrimaryError) as no_primary:
            await service.ping()
    assert said in str(no_primary.value)
    assert PASSWORD not in str(no_primary.value) + str(refused.value)


@pytest.mark.anyio
async def test_a_sentinel_that_does_not_answer_delays_nothing(sentinels: Watched) -> None:
    """Its machine is gone: connecting to it would take minutes."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as gone:
        port = gone.sockets[0].getsockname()[1]
        nodes = f"127.0.0.1:{port},{sentinels.environment['PLAYHEAD_REDIS_SENTINELS']}"
        values = {
            name.removeprefix("PLAYHEAD_").lower(): value for name, value in sentinels.environment.items()
        }
        settings = RedisSettings.model_validate(values | {"redis_sentinels": nodes})
        async with asyncio.timeout(5), async_client(settings, "test") as service:
            assert await service.ping()


@pytest.fixture(scope="module")
def sentinels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Left alone by its tests."""
    with watched_by_sentinels(tmp_path_factory.mktemp("sentinels")) as servers:
        yield servers


@pytest.fixture
def environment(
    services: Services, fresh_topics: KafkaSettings, fresh_database: Database, watched: Watched
) -> dict[str, str]:
    """Of every process of the test."""
    return {
        **services.environment,
        **fresh_database.environment,
        **watched.environment,
        "PLAYHEAD_KAFKA_PREFIX": fresh_topics.kafka_prefix,
    }


@pytest.mark.parametrize("heartbeats", [1_500, pytest.param(40_000, marks=pytest.mark.chaos)])
def test_the_primary_is_killed_under_load(
    watched: Watched,
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    heartbeats: int,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    world = World(environment, tmp_path)
    load = threading.Thread(target=world.send, args=(crowd(heartbeats),), kwargs={"rate": heartbeats / 15})
    with world.worker(), sink_process(SinkSettings()) as sink:
        load.start()
        with watched.primary.client() as primary:
            eventually(lambda: _applied(primary) > heartbeats // 10, "some are applied", 90)
            cut_off(watched)
            at = _applied(primary)
            eventually(lambda: _applied(primary) > at, "some are applied that the replica lacks", 60)
        fail_over(watched)
        load.join()
        shown = CliRunner().invoke(app, ["status", "--wait", "120"])
        assert shown.exit_code == 0, shown.output + sink.output()
        with watched.replica.client() as replica:
            assert _applied(replica) == heartbeats
        audited = CliRunner().invoke(app, ["audit"])
        assert audited.exit_code == 0, audited.output


def _applied(client: Redis) -> int:
    counts = [client.hmget(f"applied:{{{each}}}", "applied", "duplicates") for each in range(PARTITIONS)]
    return sum(int(each or 0) for pair in counts for each in pair)
