"""A proxy in front of a broker, which shows some connections another broker than all others see.

librdkafka #5430 leaves a producer without the leader of a partition for good, once a broker was frozen at the
wrong moment. What the producer's owner sees of it is made here at will: a partition that this one producer
cannot write to, while the broker answers everybody else.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

FETCH, HEARTBEAT = 1, 12
_PRODUCE = 0
_NOT_LEADER = 6
_LEADERLESS = b"\x01\x00\x09" + struct.pack(">ii", -1, 7) + b"\x00"
"""A partition's tags, of which there is one: its current leader is -1, of epoch 7 (KIP-951)."""


class Proxy:
    """Forwards frames of Kafka's protocol to the broker and back, each connection on two threads."""

    def __init__(self, servers: str) -> None:
        host, _, port = servers.partition(",")[0].rpartition(":")
        self._broker = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._deceived: set[socket.socket] = set()
        self._deceives_new = False
        self._partition: int | None = None
        self._unanswered: int | None = None
        self._flowing = threading.Event()
        self._flowing.set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def servers(self) -> str:
        return f"127.0.0.1:{self._port}"

    def deny(self, partition: int | None = None, *, new: bool = False) -> None:
        """From now on, the connections that are open now find no leader of this partition; None: of any.

        With `new`, those opened later neither, until `trust_new`: a producer may open its connection again.
        """
        self._partition = partition
        self._deceived = set(self._open)
        self._deceives_new = new

    def trust_new(self) -> None:
        """Connections that are opened from now on find the leaders."""
        self._deceives_new = False

    def ignore(self, request: int) -> None:
        """From now on, the connections that are open now get no answer to requests of this key."""
        self._unanswered = request
        self._deceived = set(self._open)

    def freeze(self) -> None:
        """Nothing gets through, in either direction, on any connection; none is closed."""
        self._flowing.clear()

    def thaw(self) -> None:
        self._flowing.set()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # else `accept` would go on with one connection more
        self._listener.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                try:
                    broker = socket.create_connection(self._broker)
                except OSError:  # the broker is down: the client finds its connection closed
                    client.close()
                    continue
                self._open.add(client)
                if self._deceives_new:
                    self._deceived.add(client)
                threading.Thread(target=self._requests, args=(client, broker), daemon=True).start()
                threading.Thread(target=self._responses, args=(broker, client), daemon=True).start()

    def _requests(self, client: socket.socket, broker: socket.socket) -> None:
        with suppress(OSError), client, broker:
            for frame in self._frames(client):
                is_deceived = client in self._deceived
                if is_deceived and struct.unpack(">h", frame[:2])[0] == self._unanswered:
                    continue
                forged = self._forged(frame) if is_deceived and self._unanswered is None else None
                _send(broker if forged is None else client, frame if forged is None else forged)
            self._open.discard(client)
            broker.shutdown(socket.SHUT_RDWR)

    def _responses(self, broker: socket.socket, client: socket.socket) -> None:
        """Forward, with the proxy's port wherever the broker names its own."""
        host = self._broker[0].encode()
        with suppress(OSError):
            for frame in self._frames(broker):
                passed_on = frame
                for length in (bytes([len(host) + 1]), struct.pack(">h", len(host))):
                    of_broker = length + host + struct.pack(">i", self._broker[1])
                    passed_on = passed_on.replace(of_broker, length + host + struct.pack(">i", self._port))
                _send(client, passed_on)
            client.shutdown(socket.SHUT_RDWR)

    def _frames(self, connection: socket.socket) -> Iterator[bytes]:
        stream = connection.makefile("rb")
        while len(header := stream.read(4)) == 4:
            frame = stream.read(struct.unpack(">i", header)[0])
            self._flowing.wait()
            yield frame

    def _forged(self, request: bytes) -> bytes | None:
        """The answer to a Produce request for the partition that is denied; None: it is another request."""
        key, version, correlation = struct.unpack(">hhi", request[:8])
        if key != _PRODUCE:
            return None
        assert 9 <= version <= 12, f"a Produce request of version {version} is laid out otherwise"
        topic, partition = _target(request)
        if self._partition not in {None, partition}:
            return None
        refusal = struct.pack(">ihqqq", partition, _NOT_LEADER, -1, -1, -1) + b"\x01\x00" + _LEADERLESS
        topics = b"\x02" + bytes([len(topic) + 1]) + topic + b"\x02" + refusal + b"\x00"
        return struct.pack(">i", correlation) + b"\x00" + topics + struct.pack(">i", 0) + b"\x00"


@contextmanager
def proxied(settings: Any) -> Iterator[tuple[Proxy, Any]]:
    """A proxy, and the settings by which everything goes through it."""
    proxy = Proxy(settings.kafka_servers)
    try:
        yield proxy, settings.model_copy(update={"kafka_servers": proxy.servers})
    finally:
        proxy.thaw()
        proxy.close()


def _send(connection: socket.socket, frame: bytes) -> None:
    connection.sendall(struct.pack(">i", len(frame)) + frame)


def _target(request: bytes) -> tuple[bytes, int]:
    """Topic and partition of a Produce request; librdkafka sends one of each."""
    (client_id,) = struct.unpack(">h", request[8:10])
    at = 10 + max(client_id, 0) + 1  # and the header's tags
    at += 1 + 2 + 4  # no transactional id, acks, timeout
    assert request[at] == 2, "one topic"
    end = at + 1 + request[at + 1]
    assert request[end] == 2, "one partition"
    (partition,) = struct.unpack(">i", request[end + 1 : end + 5])
    return request[at + 2 : end], partition
