from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from stream_processors.consumer import consumer_thread
from stream_processors.consumer.consumer_thread import BatchConsumerThread, KafkaUnavailableError

pytestmark = pytest.mark.anyio


@pytest.fixture
def thread() -> Iterator[BatchConsumerThread]:
    """The driver's thread with only its event loop."""
    bare = BatchConsumerThread.__new__(BatchConsumerThread)
    bare.thread_loop = asyncio.new_event_loop()
    running = threading.Thread(target=bare.thread_loop.run_forever)
    running.start()
    yield bare
    bare.thread_loop.call_soon_threadsafe(bare.thread_loop.stop)
    running.join()
    # A call may not even have begun when the loop stopped.
    bare.thread_loop.run_until_complete(_cancel_others())
    bare.thread_loop.close()


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def test_calls_without_an_answer_block_no_other(
    thread: BatchConsumerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The driver has two workers for all calls: two that hung blocked the watchdog too."""
    monkeypatch.setattr(consumer_thread, "ANSWER_SECONDS", 30.0)

    async def hang() -> None:
        await asyncio.get_running_loop().create_future()

    async def answer(value: int) -> int:
        await asyncio.sleep(0)
        return value

    hanging = [asyncio.create_task(thread.ask(hang)) for _ in range(5)]
    await asyncio.sleep(0)
    assert await thread.ask(answer, 7) == 7
    assert not any(task.done() for task in hanging)
    for task in hanging:
        task.cancel()
    await asyncio.wait(hanging)


async def test_each_call_has_its_own_time_limit(
    thread: BatchConsumerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer_thread, "ANSWER_SECONDS", 0.1)

    async def hang() -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(KafkaUnavailableError, match="does not answer"):
        await thread.ask(hang)


async def test_a_blocked_thread_is_reported(
    thread: BatchConsumerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer_thread, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(consumer_thread, "THREAD_SECONDS", 0.1)
    release = threading.Event()
    thread.thread_loop.call_soon_threadsafe(release.wait)

    async def answer() -> int:
        return await asyncio.sleep(0, 7)

    try:
        with pytest.raises(KafkaUnavailableError, match="thread does not answer"):
            await thread.ask(answer)
    finally:
        release.set()


async def test_without_its_thread_a_call_fails_at_once() -> None:
    bare = BatchConsumerThread.__new__(BatchConsumerThread)
    bare.thread_loop = asyncio.new_event_loop()
    try:
        with pytest.raises(KafkaUnavailableError, match="not running"):
            await bare.ask(asyncio.sleep, 0)
    finally:
        bare.thread_loop.close()
