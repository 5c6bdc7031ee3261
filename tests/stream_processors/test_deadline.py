"""The deadline ends a process that hangs, and ends itself with the block that it guards."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap


def left(script: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own."""
    imports = "import time, asyncio\nfrom stream_processors.deadline import Deadline\n"
    return subprocess.run(
        [sys.executable, "-c", imports + textwrap.dedent(script)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_process_that_hangs_is_ended() -> None:
    ended = left(
        """
        with Deadline(0.2) as leaving:
            leaving.begin()
            time.sleep(3600)
        """
    )
    assert ended.returncode == os.EX_SOFTWARE
    assert "longer than" in ended.stderr


def test_a_thread_that_the_event_loop_waits_for_at_its_end_is_ended_too() -> None:
    ended = left(
        """
        async def serve(leaving):
            asyncio.create_task(asyncio.to_thread(time.sleep, 3600))
            await asyncio.sleep(0.1)
            leaving.begin()

        with Deadline(0.2) as leaving:
            asyncio.run(serve(leaving))
        """
    )
    assert ended.returncode == os.EX_SOFTWARE


def test_a_block_left_by_an_error_ends_the_deadline() -> None:
    """The timer was still armed after an error, and ended the process."""
    ended = left(
        """
        try:
            with Deadline(0.2) as leaving:
                leaving.begin()
                raise ValueError
        except ValueError:
            time.sleep(1)  # five times the limit
        """
    )
    assert ended.returncode == 0, ended.stderr
