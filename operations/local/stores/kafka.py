"""Apache Kafka as one child process, broker and controller in one (KRaft)."""

from __future__ import annotations

import base64
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from operations.local.process import ChildCommand
from operations.local.stores.java import find_java
from operations.local.stores.kafka_jars import kafka_jars
from operations.local.stores.store import ASK_SECONDS, StoreProcess

if TYPE_CHECKING:
    from operations.local.stores.kafka_jars import DownloadProgress
    from operations.local.stores.store import StorePlace

_LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %-5p %c{1}: %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""


class Kafka(StoreProcess):
    """A broker for one developer: 256 MB of heap, one replica of everything, no flush of its own."""

    name = "kafka"

    def __init__(
        self, place: StorePlace, *, controller_port: int, progress: DownloadProgress | None = None
    ) -> None:
        super().__init__(place)
        self._controller_port = controller_port
        self._progress = progress
        self._java = Path("java")
        self._class_path = ""

    @property
    def servers(self) -> str:
        """The bootstrap address."""
        return f"127.0.0.1:{self.port}"

    def answers(self) -> bool:
        """Ask for the cluster's metadata."""
        return kafka_answers(self.servers)

    def _prepare(self) -> None:
        super()._prepare()
        self._java = find_java()
        self._class_path = f"{kafka_jars(self._progress)}/*"
        properties = self.home / "server.properties"
        properties.write_text(
            server_properties(self.home / "data", self.port, self._controller_port), encoding="utf-8"
        )
        (self.home / "log4j2.properties").write_text(_LOGGING, encoding="utf-8")
        if not (self.home / "data" / "meta.properties").exists():
            cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
            arguments = ("format", "--ignore-formatted", f"--cluster-id={cluster}", f"--config={properties}")
            self._run_tool(self._java_command("kafka.tools.StorageTool", *arguments))

    def _command(self) -> ChildCommand:
        return self._java_command("kafka.Kafka", str(self.home / "server.properties"))

    def _java_command(self, main: str, *arguments: str) -> ChildCommand:
        logging = f"-Dlog4j2.configurationFile={self.home / 'log4j2.properties'}"
        jvm = ("-Xmx256m", "-XX:+UseSerialGC", logging, "-cp", self._class_path)
        return ChildCommand(
            argv=(str(self._java), *jvm, main, *arguments),
            cwd=self.home,
            log=self.log,
            record=self._record,
            environment={},
            grace_seconds=30.0,
        )


def server_properties(data: Path, port: int, controller_port: int) -> str:
    """Return the broker's configuration.

    The quorum is configured here and not in the data, so that another controller port needs no new format.
    """
    lines = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": data,
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 1,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "share.coordinator.state.topic.num.partitions": 1,
        "group.initial.rebalance.delay.ms": 0,
        # after a kill -9, the broker is let in again only once its former session is over: 9 s by default
        "broker.session.timeout.ms": 4_000,
        "broker.heartbeat.interval.ms": 1_000,
        "num.network.threads": 2,
        "num.io.threads": 4,
        "log.segment.bytes": 128 * 1024 * 1024,
        # the default takes 128 MB, half of the heap; this compacts 700,000 keys in a pass
        "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
    }
    return "".join(f"{key}={value}\n" for key, value in lines.items())


def kafka_answers(servers: str) -> bool:
    """Ask for the cluster's metadata, which names a broker once one serves clients."""
    client = AdminClient(
        {
            "bootstrap.servers": servers,
            "log_level": 0,  # refused connections are expected here
            "reconnect.backoff.ms": 50,
            "reconnect.backoff.max.ms": 100,
        }
    )
    try:
        return len(client.list_topics(timeout=ASK_SECONDS).brokers) > 0
    except KafkaException:
        return False
