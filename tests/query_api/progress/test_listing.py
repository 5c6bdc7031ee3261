from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.policies import PolicyResolvers, TenantPolicies
from playhead.progress import NOTHING, ContentId, Instant, Intervals, Policy, Progress, join
from query_api import cursors
from query_api.cursors import SortKey
from query_api.errors import InvalidRequestError
from query_api.http.problems import problem_of
from query_api.live.events import Attached, Changed, Ended, MemberChanged
from query_api.live.listener import UNREAD_CHANGES, Listener
from query_api.progress.listing import Entry, entries, in_order, last_played_at, page, with_changes
from query_api.progress.overview import overview
from query_api.views import PAGES_SHOWN, instant, item_progress, moment, rfc3339, seconds
from tests.query_api.world import NOON, fold, heartbeat, new_content, new_person, watched

A, B, C = ContentId("a"), ContentId("b"), ContentId("c")
POLICIES = TenantPolicies(PolicyResolvers(Policy()))
NOW = moment(NOON)
SHORT = watched(60, session="s")
LONG = join(SHORT, watched(120, session="s"))
CHANGE = Changed(A, SHORT, b"{}", MemberChanged(new_person().user_id, A, b"{}"))


def joined(
    known: dict[ContentId, Progress], *changes: tuple[ContentId, Progress]
) -> dict[ContentId, Progress]:
    return {each.content: each.progress for each in with_changes(entries(known, POLICIES), changes, POLICIES)}


def test_a_change_heard_before_the_snapshot_was_read_takes_nothing_back() -> None:
    assert joined({A: LONG}, (A, SHORT)) == {A: LONG}


def test_a_change_newer_than_the_snapshot_is_in_it() -> None:
    assert joined({A: SHORT, B: SHORT}, (A, LONG), (C, SHORT)) == {A: LONG, B: SHORT, C: SHORT}


@given(st.permutations([SHORT, LONG, watched(30, session="t"), watched(90, session="s")]))
def test_the_order_of_changes_makes_no_difference(changes: list[Progress]) -> None:
    everything = NOTHING
    for change in changes:
        everything = join(everything, change)
    assert joined({}, *((A, change) for change in changes)) == {A: everything}


@given(
    st.dictionaries(st.uuids().map(str), st.integers(0, 5), max_size=30),
    st.integers(1, 7),
)
def test_pages_are_the_whole_list_cut_up(ages: dict[str, int], limit: int) -> None:
    items = {ContentId(key): watched(10, at=NOON + age * 60_000) for key, age in ages.items()}
    everything = list(entries(items, POLICIES))
    paged: list[Entry] = []
    after: SortKey | None = None
    while True:
        shown = page(everything, after, limit)
        paged += shown.entries
        if shown.end is None:
            break
        after = cursors.read("items", cursors.write("items", shown.end))
    assert paged == in_order(everything)


@given(st.text(max_size=60))
def test_no_cursor_is_ever_an_error_of_ours(text: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        cursors.read("items", text)
    assert (problem_of(refused.value).status, refused.value.field) == (422, "cursor")


def test_a_cursor_is_of_its_list_only() -> None:
    with pytest.raises(InvalidRequestError):
        cursors.read("history", cursors.write("items", SortKey(1, "a")))


def test_nothing_is_zero_items() -> None:
    assert overview([], None, NOW).avg_progress == 0
    assert overview([], None, NOW).last_activity is None


def test_the_mean_has_two_decimals() -> None:
    items = {A: watched(60), B: watched(60), C: watched(66)}
    assert overview(list(entries(items, POLICIES)), None, NOW).avg_progress == 10.33


@given(st.integers(0, 2**31 - 1))
def test_seconds_have_three_decimals_at_most(milliseconds: int) -> None:
    shown = repr(seconds(milliseconds))
    assert len(shown.partition(".")[2]) <= 3
    assert round(float(shown) * 1000) == milliseconds


@given(st.integers(0, cursors.LATEST))
def test_instants_survive_timestamps(milliseconds: int) -> None:
    assert instant(moment(milliseconds)) == milliseconds
    assert rfc3339(moment(milliseconds)).endswith("Z")


def test_a_span_of_two_billion_pages_is_not_written_out() -> None:
    read = heartbeat(
        new_person(), new_content(), NOON, kind="document", pages_viewed=Intervals((1, 2**31 - 1))
    )
    (entry,) = entries({A: fold(read)}, POLICIES)
    shown = item_progress(entry.summary).metadata.pages_viewed
    assert isinstance(shown, list)
    assert len(shown) == PAGES_SHOWN


def test_only_playing_counts_as_played() -> None:
    opened = heartbeat(new_person(), new_content(), NOON, watched=Intervals(), watch_ms=0, position_ms=0)
    assert last_played_at(fold(opened)) == 0
    assert last_played_at(watched(10, at=NOON)) == Instant(NOON + 10_000)


@pytest.mark.anyio
async def test_a_listener_that_falls_behind_is_ended_and_its_news_forgotten() -> None:
    listener = Listener(["live:{a}"])
    for _ in range(UNREAD_CHANGES + 1):
        listener.push(CHANGE)

    assert await listener.next(1) == Ended("slow")
    await asyncio.wait_for(listener.ended(), 1)
    listener.push(Attached())
    assert await listener.next(0.01) is None


@pytest.mark.anyio
async def test_unread_changes_are_taken_up_to_other_news() -> None:
    listener = Listener(["live:{a}"])
    for news in (CHANGE, CHANGE, Attached(), CHANGE):
        listener.push(news)

    assert listener.take_changes() == [CHANGE, CHANGE]
    assert await listener.next(1) == Attached()
    assert listener.take_changes() == [CHANGE]
    assert listener.take_changes() == []
