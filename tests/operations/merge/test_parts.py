"""Progress that is too large for one record is merged in parts, which add up to the same."""

from __future__ import annotations

from functools import reduce

from operations.merge.progress import parts
from playhead.progress import NOTHING, SessionId, summarize
from playhead.progress.merging import merge_progress
from playhead.wire.progress import encode_progress
from tests.playhead.progress.test_examples import POLICY, applied, viewing
from tests.playhead.progress.test_merging import OTHER

MOST_BYTES = 2_000


def test_parts_add_up_to_the_whole_and_each_is_small() -> None:
    progress = applied(
        *(viewing(20, at_ms=n * 60_000, session=SessionId(f"{n:036}")) for n in range(30)),
    )
    found = list(parts(progress, MOST_BYTES))
    assert len(found) > 2
    assert all(len(encode_progress(each)) < 2 * MOST_BYTES for each in found)
    merged = reduce(lambda into, part: merge_progress(into, part, OTHER), found, NOTHING)
    assert summarize(merged, POLICY) == summarize(merge_progress(NOTHING, progress, OTHER), POLICY)
    assert merged.merged == (OTHER,)
