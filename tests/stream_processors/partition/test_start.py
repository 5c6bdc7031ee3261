from __future__ import annotations

import pytest

from playhead.kafka.batches import LogRange
from playhead.wire.ledger import Ledger
from stream_processors.errors import LogMismatchError
from stream_processors.partition.start import Start, start
from stream_processors.stores.hot_store import HotPartition

LOG = LogRange("progress.heartbeats", 3, start=100, end=1_000)


def ledger(next_offset: int) -> Ledger:
    return Ledger(first_offset=0, next_offset=next_offset, applied=next_offset)


def hot(next_offset: int, emitted: int) -> HotPartition:
    return HotPartition(ledger(next_offset), emitted)


@pytest.mark.parametrize(
    ("committed", "offset"),
    [
        (None, 400),  # no committed offset: publish again what may not be published
        (450, 450),  # published further than Redis knows
        (500, 500),
        (300, 400),  # a hint older than what Redis knows
        (900, 400),  # Redis came back older than the hint
    ],
)
def test_redis_tells_where_and_the_committed_offset_only_hints(committed: int | None, offset: int) -> None:
    assert start(LOG, hot=hot(500, 400), durable=ledger(300), committed=committed) == Start(
        offset, ledger(500), expected=500
    )


def test_an_empty_redis_starts_where_postgres_is_whatever_was_committed() -> None:
    assert start(LOG, hot=None, durable=ledger(300), committed=900) == Start(300, ledger(300), expected=None)


def test_empty_stores_start_with_the_log() -> None:
    begun = start(LOG, hot=None, durable=None, committed=900)
    assert begun == Start(100, Ledger.starting_at(100), expected=None)


def test_what_the_log_no_longer_holds_is_not_asked_for() -> None:
    assert start(LOG, hot=hot(50, 40), durable=None, committed=50) == Start(100, ledger(50), expected=50)
    assert start(LOG, hot=None, durable=ledger(50), committed=None) == Start(100, ledger(50), expected=None)


def test_a_store_at_the_logs_end_is_no_mismatch() -> None:
    assert start(LOG, hot=hot(1_000, 1_000), durable=None, committed=1_000).offset == 1_000


def test_a_store_beyond_the_logs_end_is_told_to_a_person() -> None:
    with pytest.raises(LogMismatchError, match=r"applied:\{3\}.*1001.*ends at 1000.*playhead rebase"):
        start(LOG, hot=hot(1_001, 900), durable=None, committed=None)
    with pytest.raises(LogMismatchError, match=r"progress\.ledger.*playhead rebase"):
        start(LOG, hot=None, durable=ledger(1_001), committed=None)
