"""Runs the stack: stores, topics and schema, services, gateway, demo and audience, in this order."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console

from operations.bring_up import bring_up_to_date
from operations.demo import start as demo
from operations.local import ports
from operations.local.errors import PortBusyError
from operations.local.gateway import find_caddy, gateway
from operations.local.running_stack import settings_from
from operations.local.stores.kafka_node import replicas
from operations.local.stores.stack import Stack
from operations.local.supervisor import Supervisor
from operations.local.unit import ServiceProcess, playhead_command
from operations.up.display import StartProgress, show
from operations.up.welcome import first_calls, ready
from playhead.settings import MigrateSettings, SignInSettings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator
    from pathlib import Path
    from types import FrameType

_READY_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `playhead up`."""

    port: int
    data_dir: Path
    demo: bool
    browser: bool
    partitions: int
    brokers: int = 1


def run(options: Options) -> None:
    """Run until a signal asks to stop, and leave no process behind.

    Raises:
        LocalStackError: the stack cannot run; the message names the way out.
    """
    console = Console(highlight=False, soft_wrap=True)
    with _ended_by_signals(), StartProgress(console) as progress:
        stack = Stack(
            options.data_dir,
            brokers=options.brokers,
            progress=progress.download,
            report=progress.step,
        )
        port = _gateway_port(options, stack)
        find_caddy()  # missing, it is reported before the stores start
        stack.start()
    try:
        environment = _environment(options, stack)
        with _ended_by_signals():
            for done in bring_up_to_date(settings_from(MigrateSettings, environment, {})):
                console.print(done)
        asyncio.run(_supervise(stack, environment, port, options, console))
    finally:
        stack.stop()
        console.print("stopped")


async def _supervise(
    stack: Stack, environment: dict[str, str], port: int, options: Options, console: Console
) -> None:
    stopping = asyncio.Event()
    async with Supervisor() as supervisor:
        _stop_on_signals(supervisor, stopping, console)

        def command(name: str, verb: str | None = None) -> ServiceProcess:
            return playhead_command(
                name, stack.data, environment, arguments=(verb or name,), port=stack.ports[name]
            )

        console.print("starting the services")
        supervisor.start(*stack.stores)
        supervisor.start(command("processor", "process"), command("sink"), command("query"))
        supervisor.start(command("ingest"))
        supervisor.start(
            gateway(stack.data, port, ingest_port=stack.ports["ingest"], query_port=stack.ports["query"])
        )
        tokens = settings_from(SignInSettings, environment, {})
        prepared = demo.Demo(stack.data, port, tokens, console.print) if options.demo else None
        if not await _unless(stopping, supervisor.wait_ready(_READY_SECONDS)):
            return
        stack.write_file(supervisor.pids, {"gateway": port})
        console.print(ready(port, options.data_dir))
        if prepared is not None:
            if not await _unless(stopping, prepared.prepare()):
                return
            console.print(prepared.links())
        console.print(first_calls(port, tokens))
        if prepared is not None:
            console.print(prepared.calls())
            if options.browser:
                prepared.open()
            supervisor.start(playhead_command("simulate", stack.data, environment, arguments=demo.AUDIENCE))
        await show(supervisor, stopping, console, stack.write_file)


async def _unless(stopping: asyncio.Event, work: Awaitable[object]) -> bool:
    """Await the work; cancel it and return False if `stopping` is set first."""
    doing = asyncio.ensure_future(work)
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait({doing, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not doing.done():
        doing.cancel()
        await asyncio.wait({doing})
        return False
    doing.result()
    return not stopping.is_set()


def _environment(options: Options, stack: Stack) -> dict[str, str]:
    """Return the services' settings; they win over variables of this terminal."""
    return {
        **stack.environment(),
        **{f"PLAYHEAD_{name.upper()}_PORT": str(stack.ports[name]) for name in _SERVICES},
        "PLAYHEAD_KAFKA_PARTITIONS": str(options.partitions),
        "PLAYHEAD_KAFKA_REPLICATION": str(replicas(options.brokers)),
        "PLAYHEAD_DATA_DIR": str(stack.data.root),
        "PLAYHEAD_QUERY_MEDIA_DIRECTORY": str(stack.data.media),
    }


_SERVICES = ("ingest", "processor", "sink", "query")


def _gateway_port(options: Options, stack: Stack) -> int:
    if options.port == 0:
        return ports.choose()
    # where another instance holds the data, `start` reports that instead
    if not stack.data.in_use() and not ports.is_free(options.port):
        raise PortBusyError(options.port, "stop it, or choose another with --port (0 for any)")
    return options.port


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Make SIGTERM and SIGHUP raise, as Ctrl-C does, while no event loop handles them."""

    def unwind(number: int, _: FrameType | None) -> None:
        sys.exit(128 + number)

    earlier = {each: signal.signal(each, unwind) for each in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for each, handler in earlier.items():
            signal.signal(each, handler)


def _stop_on_signals(supervisor: Supervisor, stopping: asyncio.Event, console: Console) -> None:
    """Stop at the first signal; kill at the second."""

    def stop() -> None:
        if stopping.is_set():
            supervisor.kill()
            return
        console.print("stopping; once more to force it")
        stopping.set()

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(each, stop)
