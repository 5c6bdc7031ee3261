"""The sink as a process."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playhead.causes import in_full
from playhead.http import logs
from playhead.http.health import HealthServer
from playhead.kafka.partition_counts import PartitionCountWatch
from playhead.settings import SinkSettings
from sinks.errors import SinkError
from sinks.sink import Sink

_log = logging.getLogger(__name__)


def run(settings: SinkSettings) -> None:
    """Store states until SIGTERM or SIGINT.

    Raises:
        SinkError: the sink cannot go on; see `errors`.
        HealthAddressError: health and metrics cannot be served at the configured address.
        psycopg.Error: an error of PostgreSQL that no handler foresees.
    """
    logs.configure(settings)
    with _stop_on_signals() as stop:
        sink = Sink(settings, stop)
        agreement = PartitionCountWatch(settings)
        health = HealthServer(
            settings.sink_host, settings.sink_port, lambda: sink.why_not_ready() or agreement.disagreement
        )
        health.start()
        agreement.start()
        try:
            sink.run()
        except SinkError as error:
            _log.critical("%s", in_full(error))
            raise
        finally:
            agreement.close()
            health.close()


@contextmanager
def _stop_on_signals() -> Iterator[threading.Event]:
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
