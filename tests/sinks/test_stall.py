"""A sink that stalls by its own fault exits; one whose PostgreSQL or Kafka is away waits."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from sinks.stall import StallClock
from tests.playhead.kafka.proxy import FETCH, Proxy, proxied
from tests.sinks.author import Author, Item, Log
from tests.sinks.running import SinkProcess, sink_process, sink_settings, stored_up_to, until

if TYPE_CHECKING:
    from playhead.settings import KafkaSettings
    from tests.services import Database

STALL_SECONDS = 4.0
OUTAGE_STALL_SECONDS = 8.0
"""Where the sink is to go on after an outage within this time, however busy the machine is."""


def test_waiting_for_longer_than_the_limit_is_a_stall() -> None:
    clock = StallClock(60)
    assert not clock.is_to_be_asked(waited=30, now=1_000)
    assert clock.is_to_be_asked(waited=31, now=1_001)
    assert not clock.is_stalled(waited=60, now=1_030)
    assert clock.is_stalled(waited=61, now=1_031)


def test_after_an_outage_it_has_the_whole_time_to_go_on() -> None:
    clock = StallClock(60)
    clock.excuse(now=1_000)
    assert not clock.is_stalled(waited=500, now=1_060)
    assert clock.is_stalled(waited=501, now=1_061)


HANGING = """
import threading
from playhead.settings import SinkSettings
from sinks import service, writer
writer.Writer._attempt = lambda self, batch: threading.Event().wait()
service.run(SinkSettings())
"""
"""A sink whose writer waits for what never comes, without any error."""


@pytest.mark.services
def test_a_sink_whose_writer_hangs_exits_and_says_where(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    Log(fresh_topics).write(Author().watch(Item.of(), 30))
    settings = sink_settings(fresh_topics, fresh_database, sink_stall_seconds=STALL_SECONDS)
    with sink_process(settings, HANGING) as sink:
        assert sink.process.wait(60) == os.EX_SOFTWARE, sink.output()
        assert "the sink stalls" in sink.output()
        assert "PLAYHEAD_SINK_STALL_SECONDS" in sink.output()
        assert "_attempt" in sink.output() or "<lambda>" in sink.output(), "where its threads are"
    with sink_process(sink_settings(fresh_topics, fresh_database)) as sink:
        until(30, stored_up_to(fresh_database, 0, 1), sink.output)


STUCK = """
import threading
from playhead.settings import SinkSettings
from sinks import service
from sinks.states import consume, watch
watch.STUCK_SECONDS, watch.ASK_SECONDS = 2.0, 0.5
consume.StatesConsumer.close = lambda self: threading.Event().wait()
service.run(SinkSettings())
"""
"""A sink whose consumer, once it is stuck, does not leave its group either."""


@pytest.mark.services
def test_a_consumer_that_is_stuck_is_not_waited_for(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    log, author = Log(fresh_topics), Author()
    log.write(author.watch(Item.of(), 30))
    with proxied(fresh_topics) as (proxy, settings):
        values = sink_settings(settings, fresh_database, sink_fetch_min_bytes=1, sink_stall_seconds=600)
        with sink_process(values, STUCK) as sink:
            until(60, stored_up_to(fresh_database, 0, 1), sink.output)
            proxy.ignore(FETCH)
            for end_s in range(40, 80):
                log.write(author.watch(Item.of(), end_s))
            assert sink.process.wait(60) == os.EX_SOFTWARE, sink.output()
            assert "the Kafka consumer is stuck: partition 0" in sink.output()


@pytest.mark.services
def test_a_frozen_postgres_is_an_outage_and_no_stall(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    log, author = Log(fresh_topics), Author()
    with forwarded(fresh_database.writer_dsn) as (dsn, forwarder):
        settings = sink_settings(fresh_topics, fresh_database, sink_stall_seconds=OUTAGE_STALL_SECONDS)
        settings = settings.model_copy(update={"postgres_dsn": dsn})
        with sink_process(settings) as sink:
            log.write(author.watch(Item.of(), 30))
            until(30, stored_up_to(fresh_database, 0, 1), sink.output)
            forwarder.send_signal(signal.SIGSTOP)
            log.write(author.watch(Item.of(), 60))
            _runs_on(sink, 2 * OUTAGE_STALL_SECONDS)
            assert "PostgreSQL does not answer another connection either" in sink.output()
            forwarder.send_signal(signal.SIGCONT)
            until(60, stored_up_to(fresh_database, 0, 2), sink.output)
            _runs_on(sink, 0)


@pytest.mark.services
def test_a_frozen_kafka_is_an_outage_and_no_stall(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    Log(fresh_topics).write(Author().watch(Item.of(), 30))
    broker = Proxy(fresh_topics.kafka_servers)
    broker.freeze()
    try:
        settings = sink_settings(fresh_topics, fresh_database, sink_stall_seconds=OUTAGE_STALL_SECONDS)
        settings = settings.model_copy(update={"kafka_servers": broker.servers})
        with sink_process(settings) as sink:
            _runs_on(sink, 2 * OUTAGE_STALL_SECONDS)
            assert "Kafka answers no connection" in sink.output()
            broker.thaw()
            until(60, stored_up_to(fresh_database, 0, 1), sink.output)
    finally:
        broker.close()


@contextmanager
def forwarded(dsn: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The DSN by way of a process that forwards connections: stopped, it accepts them and answers nothing."""
    server = urlsplit(dsn)
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
        command = [sys.executable, "-c", FORWARDER, listener.fileno(), server.hostname, server.port]
        process = subprocess.Popen([str(each) for each in command], pass_fds=[listener.fileno()])
    try:
        yield dsn.replace(f"{server.hostname}:{server.port}", f"127.0.0.1:{port}"), process
    finally:
        process.kill()
        process.wait(10)


FORWARDER = """
import asyncio, socket, sys
async def copy(source, target):
    while data := await source.read(65536):
        target.write(data)
        await target.drain()
    target.close()
async def serve(reader, writer):
    there, back = await asyncio.open_connection(sys.argv[2], int(sys.argv[3]))
    await asyncio.gather(copy(reader, back), copy(there, writer), return_exceptions=True)
async def main():
    listener = socket.socket(fileno=int(sys.argv[1]))
    async with await asyncio.start_server(serve, sock=listener) as server:
        await server.serve_forever()
asyncio.run(main())
"""


def _runs_on(sink: SinkProcess, seconds: float) -> None:
    over = time.monotonic() + seconds
    while time.monotonic() < over:
        assert sink.process.poll() is None, sink.output()
        time.sleep(0.1)
    assert sink.process.poll() is None, sink.output()
