"""An Apache Kafka node as a child process, broker and controller in one (KRaft)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from operations.local.process import ChildCommand
from operations.local.stores.java import find_java
from operations.local.stores.kafka_jars import kafka_jars
from operations.local.stores.kafka_node import server_properties
from operations.local.stores.store import ASK_SECONDS, StoreProcess

if TYPE_CHECKING:
    from operations.local.stores.kafka_jars import DownloadProgress
    from operations.local.stores.kafka_node import KafkaNode
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
    """A node for one developer: 256 MB of heap, no flush of its own; in a cluster, one of several."""

    def __init__(
        self, place: StorePlace, node: KafkaNode, *, progress: DownloadProgress | None = None
    ) -> None:
        super().__init__(place)
        self.name = node.name
        self._node = node
        self._progress = progress
        self._java = Path("java")
        self._class_path = ""

    @property
    def servers(self) -> str:
        """The address of this node."""
        return f"127.0.0.1:{self.port}"

    def answers(self) -> bool:
        """Ask for the cluster's metadata, which names this node once it serves clients."""
        return kafka_answers(self.servers, self._node.number)

    def _prepare(self) -> None:
        super()._prepare()
        self._java = find_java()
        self._class_path = f"{kafka_jars(self._progress)}/*"
        properties = self.home / "server.properties"
        properties.write_text(server_properties(self._node, self.home / "data", self.port), encoding="utf-8")
        (self.home / "log4j2.properties").write_text(_LOGGING, encoding="utf-8")
        if not (self.home / "data" / "meta.properties").exists():
            cluster = f"--cluster-id={self._node.cluster_id}"
            arguments = ("format", "--ignore-formatted", cluster, f"--config={properties}")
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


def kafka_answers(servers: str, node: int | None = None) -> bool:
    """Ask for the cluster's metadata, which names the brokers that serve clients: that node, or any."""
    client = AdminClient(
        {
            "bootstrap.servers": servers,
            "log_level": 0,  # refused connections are expected here
            "reconnect.backoff.ms": 50,
            "reconnect.backoff.max.ms": 100,
        }
    )
    try:
        brokers = client.list_topics(timeout=ASK_SECONDS).brokers
    except KafkaException:
        return False
    return node in brokers if node is not None else len(brokers) > 0
