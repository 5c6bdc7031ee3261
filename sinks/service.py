"""The sink as a process."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playhead.causes import in_full
from playhead.http import logs
from playhead.http.health import HealthServer
from playhead.kafka.partition_counts import PartitionCountWatch
from playhead.metrics.build import describe_build
from playhead.metrics.calls import expect
from playhead.settings import SinkSettings
from playhead.tracing.start import start_tracer
from sinks.errors import ConsumerFailedError, SinkError
from sinks.sink import Sink
from sinks.stall import StallWatch, end_process

_log = logging.getLogger(__name__)


def run(settings: SinkSettings) -> None:
    """Store states until SIGTERM or SIGINT.

    Raises:
        SinkError: the sink cannot go on; see `errors`.
        HealthAddressError: health and metrics cannot be served at the configured address.
        psycopg.Error: an error of PostgreSQL that no handler foresees.
    """
    logs.configure(settings)
    describe_build("sink")
    expect("postgres")
    with stop_on_signals() as stop:
        tracer = start_tracer("playhead-sink")
        sink = Sink(settings, stop, tracer)
        agreement = PartitionCountWatch(settings)
        health = HealthServer(
            settings.sink_host, settings.sink_port, lambda: sink.why_not_ready() or agreement.disagreement
        )
        stall = StallWatch(sink, settings, end_process)
        health.start()
        agreement.start()
        stall.start()
        try:
            sink.run()
        except ConsumerFailedError as error:
            end_process(in_full(error))  # whose client would keep the interpreter from exiting
        except SinkError as error:
            _log.critical("%s", in_full(error))
            raise
        finally:
            stall.close()
            agreement.close()
            health.close()
            if tracer is not None:
                tracer.close()


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set, by a thread of its own.

    A handler runs on the main thread, between any two of its steps: were that within `wait` of the event,
    which holds the event's lock, the handler's `set` would wait for that lock for ever.
    """
    stop = threading.Event()
    woken, waker = socket.socketpair()
    waker.settimeout(0)
    setter = threading.Thread(target=_set_once_woken, args=(woken, stop), name="signals", daemon=True)
    setter.start()
    earlier = signal.set_wakeup_fd(waker.fileno())
    before = {number: signal.signal(number, _do_nothing) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(earlier)
        waker.close()
        setter.join()
        woken.close()


def _set_once_woken(woken: socket.socket, stop: threading.Event) -> None:
    if woken.recv(1):  # nothing, once the other end is closed
        stop.set()


def _do_nothing(*_: object) -> None:
    """Handle a signal by its wakeup alone."""
