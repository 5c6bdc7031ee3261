from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from redis import Redis

from operations.local.errors import BrokerCountError, DataInUseError
from operations.local.running_stack import StackFile
from operations.local.stores.stack import Stack
from operations.local.supervisor import Supervisor
from tests.services import reachable_directory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with reachable_directory() as directory, Stack(directory) as running:
        yield running


def test_kafka_keeps_its_records_and_port_over_a_kill(stack: Stack) -> None:
    kafka = stack.kafka
    admin = AdminClient({"bootstrap.servers": kafka.servers})
    admin.create_topics([NewTopic("kept", 1)])["kept"].result(30)
    producer = Producer({"bootstrap.servers": kafka.servers, "acks": "all"})
    producer.produce("kept", b"before", partition=0)
    assert producer.flush(30) == 0
    before = kafka.pid
    assert before is not None

    os.kill(before, signal.SIGKILL)
    kafka.start()

    assert kafka.pid not in {None, before}
    consumer = Consumer({"bootstrap.servers": kafka.servers, "group.id": "reader"})
    consumer.assign([TopicPartition("kept", 0, 0)])
    message = consumer.poll(30)
    consumer.close()
    assert message.value() == b"before"


def test_postgres_keeps_committed_rows_over_a_kill(stack: Stack) -> None:
    postgres = stack.postgres
    with psycopg.connect(postgres.dsn()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS value")

    # a connection stays open: its backend outlives the killed server for a moment
    with closing(psycopg.connect(postgres.dsn(), autocommit=True)) as left_open:
        left_open.execute("SELECT 1")
        postgres.kill()
        postgres.start()

    with psycopg.connect(postgres.dsn()) as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (7,)


def test_postgres_is_18_and_listens_on_loopback_alone(stack: Stack) -> None:
    with psycopg.connect(stack.postgres.dsn()) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version_num')::int / 10000, current_setting('listen_addresses'),"
            " current_setting('synchronous_commit'), current_database()"
        ).fetchone()
    assert row == (18, "127.0.0.1", "on", "playhead")


def test_redis_keeps_synced_keys_over_a_restart_and_evicts_nothing(stack: Stack) -> None:
    redis = stack.redis
    with Redis.from_url(redis.url) as client:
        client.set("kept", "yes")
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("appendfsync") == {"appendfsync": "everysec"}

    redis.kill()
    redis.start()

    with Redis.from_url(redis.url) as client:
        assert client.get("kept") == b"yes"


def test_second_owner_of_a_data_directory_is_refused_and_the_first_named(stack: Stack) -> None:
    with pytest.raises(DataInUseError, match=rf"in use by process {os.getpid()}: stop that"):
        Stack(stack.data.root).start()


def test_stop_leaves_no_process_and_the_next_start_keeps_ports_and_data() -> None:
    with reachable_directory() as directory:
        with Stack(directory) as first:
            written = StackFile.read(directory / "stack.json")
            assert written.environment == first.environment()
            assert written.pids == {store.name: store.pid for store in first.stores}
            with Redis.from_url(first.redis.url) as client:
                client.set("kept", "yes")
            with psycopg.connect(first.postgres.dsn()) as connection:
                connection.execute("CREATE TABLE kept ()")

        assert StackFile.read(directory / "stack.json").pids == {}
        assert not first.data.in_use()
        for pid in written.pids.values():
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)

        with Stack(directory) as second:
            assert second.ports == written.ports
            with Redis.from_url(second.redis.url) as client:
                assert client.get("kept") == b"yes"
            with psycopg.connect(second.postgres.dsn()) as connection:
                connection.execute("SELECT FROM kept")


def test_data_of_one_broker_is_not_run_with_three(stack: Stack) -> None:
    written = StackFile.read(stack.data.stack_file)
    with reachable_directory() as directory:
        written.write(directory / "stack.json")
        with pytest.raises(BrokerCountError, match="1 Kafka broker, not 3: run it with --brokers 1, or"):
            Stack(directory, brokers=3).start()


def test_killed_owner_leaves_no_store_and_its_data_can_be_used_again(stack_dir: Path) -> None:
    code = (
        "import pathlib, sys\n"
        "from operations.local.stores.stack import Stack\n"
        f"with Stack(pathlib.Path({str(stack_dir)!r})) as stack:\n"
        "    print('ready', flush=True)\n"
        "    sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"ready\n"
        written = StackFile.read(stack_dir / "stack.json")
        stores = [psutil.Process(pid) for pid in written.pids.values()]
        owner.kill()

    with Stack(stack_dir) as again:
        assert [store for store in stores if store.is_running()] == []
        assert again.ports == written.ports


@pytest.mark.anyio
@pytest.mark.chaos
async def test_supervised_stores_come_back_after_all_are_killed(stack_dir: Path) -> None:
    stack = Stack(stack_dir)
    stack.start()
    try:
        async with Supervisor() as supervisor:
            supervisor.start(*stack.stores)
            await supervisor.wait_ready(10)
            for pid in supervisor.pids.values():
                os.kill(pid, signal.SIGKILL)
            async with asyncio.timeout(60):
                while not all(life.restarts for life in supervisor.lives.values()):
                    await supervisor.changed()
            await supervisor.wait_ready(60)
            assert supervisor.pids.keys() == {"kafka", "postgres", "redis"}
        assert supervisor.pids == {}
    finally:
        stack.stop()
