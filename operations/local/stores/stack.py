"""The three stores together, in one data directory; Kafka may be a cluster."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Self

import msgspec

from operations.local import ports
from operations.local.data_dir import DataDir
from operations.local.errors import BrokerCountError
from operations.local.process import end_survivors
from operations.local.running_stack import StackFile
from operations.local.stores.kafka import Kafka
from operations.local.stores.kafka_node import KafkaNode, cluster_id_of, new_cluster_id, node_name
from operations.local.stores.postgres import Postgres
from operations.local.stores.postgres_place import NEWEST
from operations.local.stores.redis import Redis
from operations.local.stores.store import StorePlace, StoreProcess

if TYPE_CHECKING:
    from collections.abc import Callable

    from operations.local.stores.kafka_jars import DownloadProgress

PORT_NAMES = ("redis", "postgres", "ingest", "processor", "sink", "query")


class Stack:
    """Kafka, Redis and PostgreSQL on free ports of 127.0.0.1, which they keep over restarts.

    `with Stack(data_dir) as stack:` starts and stops them; each can also be killed and started by itself.
    """

    brokers: tuple[Kafka, ...]
    postgres: Postgres
    redis: Redis
    stores: tuple[StoreProcess, ...] = ()
    """All of them while the stack runs, slowest to start first."""

    def __init__(
        self,
        data_dir: Path,
        *,
        brokers: int = 1,
        postgres_major: int = NEWEST,
        progress: DownloadProgress | None = None,
        report: Callable[[str], None] | None = None,
    ) -> None:
        self.data = DataDir(data_dir)
        self._broker_count = brokers
        self._postgres_major = postgres_major
        self._progress = progress
        self._report = report or _silent
        self._file = StackFile()

    @property
    def kafka(self) -> Kafka:
        """The first broker."""
        return self.brokers[0]

    @property
    def kafka_servers(self) -> str:
        """The addresses of all brokers."""
        return ",".join(broker.servers for broker in self.brokers)

    @property
    def ports(self) -> dict[str, int]:
        """Every port by name, those of the services included."""
        return self._file.ports

    def start(self) -> None:
        """Lock the data directory, launch all stores, wait for each.

        Raises:
            LocalStackError: a store does not start; the message names the way out.
        """
        self.data.acquire()
        try:
            end_survivors(self.data.records())  # before ports are chosen, as they may still hold theirs
            self._choose_ports()
            self._launch()
            for store in self.stores:
                store.wait_ready()
                self._report(f"{store.name} answers on 127.0.0.1:{store.port}")
            self.write_file({store.name: store.pid for store in self.stores if store.pid is not None})
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop all stores at once, and release the data directory."""
        if self.stores:
            for store in self.stores:
                store.ask_to_stop()
            for store in self.stores:
                store.stop()
            self._file = msgspec.structs.replace(self._file, pids={})
            self._file.write(self.data.stack_file)
            self.stores = ()
        self.data.release()

    def write_file(self, pids: dict[str, int], extra_ports: dict[str, int] | None = None) -> None:
        """Write `stack.json` for other commands."""
        self._file = StackFile(
            ports=self._file.ports | (extra_ports or {}), environment=self.environment(), pids=pids
        )
        self._file.write(self.data.stack_file)

    def environment(self) -> dict[str, str]:
        """The settings of a service that uses these stores."""
        return {
            "PLAYHEAD_ENVIRONMENT": "development",
            "PLAYHEAD_TRUSTED_PROXIES": "127.0.0.1/32",  # the gateway
            "PLAYHEAD_KAFKA_SERVERS": self.kafka_servers,
            "PLAYHEAD_REDIS_URL": self.redis.url,
            "PLAYHEAD_POSTGRES_DSN": self.postgres.dsn("playhead_writer"),
            "PLAYHEAD_POSTGRES_READER_DSN": self.postgres.dsn("playhead_reader"),
            "PLAYHEAD_POSTGRES_ADMIN_DSN": self.postgres.dsn(),
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _launch(self) -> None:
        """Prepare all brokers side by side, which takes seconds the first time, and launch every store.

        Only the launches belong to this thread: a process ends with the thread that launched it.
        """
        self._report(f"starting {', '.join(store.name for store in self.stores)}")
        self.kafka.prepare()  # alone, as it may download what the others need too
        with ThreadPoolExecutor() as threads:
            list(threads.map(Kafka.prepare, self.brokers))
        for store in self.stores:
            store.launch()

    def _choose_ports(self) -> None:
        earlier = StackFile.read(self.data.stack_file)
        numbers = range(1, self._broker_count + 1)
        names = [node_name(kind, number) for kind in ("kafka", "controller") for number in numbers]
        found = sum(name == "kafka" or name.startswith("kafka-") for name in earlier.ports)
        if found not in {0, self._broker_count}:
            raise BrokerCountError(self.data.root, found, self._broker_count)
        chosen: dict[str, int] = {}
        for name in (*names, *PORT_NAMES):
            chosen[name] = ports.choose(earlier.ports.get(name), taken=frozenset(chosen.values()))
        self._file = StackFile(ports=earlier.ports | chosen)
        controllers = tuple(chosen[node_name("controller", number)] for number in numbers)
        cluster_id = cluster_id_of(self.data.store("kafka")) or new_cluster_id()
        nodes = [KafkaNode(number, controllers, cluster_id) for number in numbers]
        self.brokers = tuple(Kafka(self._place(node.name), node, progress=self._progress) for node in nodes)
        self.postgres = Postgres(self._place("postgres"), self._postgres_major)
        self.redis = Redis(self._place("redis"))
        self.stores = (*self.brokers, self.postgres, self.redis)

    def _place(self, name: str) -> StorePlace:
        data = self.data
        return StorePlace(data.store(name), self.ports[name], data.log(name), data.record(name))


def _silent(message: str) -> None:
    """Ignore the progress."""
