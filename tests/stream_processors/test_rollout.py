"""A worker of the release before and one of this release share a consumer group, as in a rollout."""

from __future__ import annotations

import signal
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from playhead.progress import Policy, summarize
from playhead.wire.progress import PRESENT_VERSION
from tests.hot import KEYS
from tests.services import PARTITIONS
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.process import Worker, eventually
from tests.stream_processors.world import World

pytestmark = pytest.mark.services

BEFORE = "2df0560e69781a31c4f455a84a94ab354cba2c43"
"""The last commit that writes version 1 of the state."""
REPOSITORY = Path(__file__).parents[2]
PEOPLE = range(1, 13)


@pytest.fixture
def release_before(tmp_path: Path) -> Path:
    """The code of the release before; what it wrote is also a sample in `tests/playhead/wire`."""
    command = ("git", "archive", BEFORE, "playhead", "stream_processors")
    try:
        archive = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no history of commits here: the samples of version 1 are tested alone")
    directory = tmp_path / "before"
    with tarfile.open(fileobj=BytesIO(archive)) as files:
        files.extractall(directory, filter="data")
    return directory


def test_an_old_and_a_new_worker_share_a_group(world: World, release_before: Path) -> None:
    old_log = world.directory / "old.log"
    environment = {**world.environment, "PLAYHEAD_PROCESSOR_PORT": "0"}
    with Worker(environment, old_log, release_before) as old:
        play(world, 1)
        assert versions(world) == {1}
        with world.worker() as new:
            eventually(lambda: " from offset " in new.log_text, "partitions of the new worker")
            play(world, 2)
            assert 2 in versions(world)
            new.send(signal.SIGTERM)
            new.ended()
        play(world, 50)  # by the old one, which begins again where it finds no keys of its own
        old.send(signal.SIGTERM)
        old.ended()
    with world.worker():
        partitions = world.settled()
    assert 2 in versions(world)
    for progress in world.hot().values():
        summary = summarize(progress, Policy())
        assert (summary.total_sessions, summary.wall_ms) == (1, 500_000)
    total = {name: sum(at.get(name, 0) for at in partitions.values()) for name in ("next", "applied", "dead")}
    assert (total["applied"], total["dead"]) == (total["next"], 0)


def send(world: World, beat: int) -> None:
    """Everybody has played ten seconds more."""
    world.send(heartbeat(user=user, until_ms=10_000 * beat, sequence=beat) for user in PEOPLE)


def play(world: World, beat: int) -> None:
    send(world, beat)
    ends = world.ends()
    eventually(lambda: applied(world) == ends, f"{ends} are applied", 60, found=lambda: applied(world))


def applied(world: World) -> dict[int, int]:
    """Up to where each partition is applied, by whichever came further: each release has its own keys."""
    with world.redis() as redis:
        return {
            partition: max(
                int(redis.hget(key, "next") or 0)
                for key in (KEYS.applied_hash(partition), KEYS.former_applied_hash(partition))
            )
            for partition in range(PARTITIONS)
        }


def versions(world: World) -> set[int]:
    """The versions of the progress in Redis."""
    present = PRESENT_VERSION.encode()
    with world.redis() as redis:
        states = [
            state
            for key in redis.scan_iter("progress:{*")
            for content, state in redis.hgetall(key).items()
            if content != b"@"
        ]
    return {2 if state.startswith(present) else 1 for state in states}
