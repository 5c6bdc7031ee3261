"""What a store refuses is found, in a number of attempts that one person cannot raise."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sinks.dead_letters.bisect import ATTEMPTS, store_bisecting
from sinks.states.decode import ConsumedRecord, RejectedRecord, StateEntry, decode
from sinks.states.latest import latest_per_key
from tests.sinks.author import Author, Item

Place = tuple[int, int]
"""A person and an item."""


def entry(user: int, content: int, offset: int = 0) -> StateEntry:
    record = Author(offset=offset).watch(Item.of(user=user, content=content), 30)
    found = decode(ConsumedRecord(0, offset, record.key, record.value))
    assert isinstance(found, StateEntry)
    return found


TEMPLATES = {place: entry(*place) for place in [*product(range(60), [0]), *product([0], range(1, 120))]}


class Shelf:
    """A store that refuses some entries, and everything that comes with them."""

    def __init__(self, refused: set[bytes]) -> None:
        self.refused = refused
        self.stored: list[bytes] = []
        self.attempts = 0

    def attempt(self, these: Sequence[StateEntry]) -> str | None:
        self.attempts += 1
        keys = [each.source.key or b"" for each in these]
        if not self.refused.isdisjoint(keys):
            return "refused"
        self.stored += keys
        return None


def key(user: int, content: int) -> bytes:
    return TEMPLATES[user, content].source.key or b""


@given(st.integers(0, 60), st.sets(st.integers(0, 59), max_size=5))
def test_settling_stores_all_but_what_is_refused(count: int, refused: set[int]) -> None:
    these = [TEMPLATES[user, 0] for user in range(count)]
    shelf = Shelf({key(user, 0) for user in refused})
    rejected = store_bisecting(these, shelf.attempt, lambda _: ())
    assert sorted(shelf.stored) == sorted(key(user, 0) for user in range(count) if user not in refused)
    assert len(rejected) == len(refused & set(range(count)))
    assert shelf.attempts <= 1 + 14 * len(refused)  # 2 a halving, 6 halvings


@pytest.mark.parametrize("refused", [{7}, {0, 119}, {3, 50, 51}])
def test_of_one_person_the_few_that_are_refused_are_found(refused: set[int]) -> None:
    these = [TEMPLATES[0, content] for content in range(120)]
    shelf = Shelf({key(0, content) for content in refused})
    rejected = store_bisecting(these, shelf.attempt, lambda _: ())
    assert [each.source.key for each in rejected] == [key(0, content) for content in sorted(refused)]
    assert {each.reason for each in rejected} == {"refused_by_store"}
    assert len(shelf.stored) == 120 - len(refused)


@pytest.mark.parametrize("every", [1, 2])
def test_one_person_costs_the_others_a_few_attempts_however_many_are_refused(every: int) -> None:
    theirs = [TEMPLATES[0, content] for content in range(120)]
    others = [TEMPLATES[user, 0] for user in range(1, 60)]
    shelf = Shelf({key(0, content) for content in range(0, 120, every)})
    rejected = store_bisecting([*theirs, *others], shelf.attempt, lambda _: ())
    assert {key(user, 0) for user in range(1, 60)} <= set(shelf.stored)
    assert len(shelf.stored) + len(rejected) == 120 + 59
    assert {each.reason for each in rejected} == {"refused_by_store", "quarantined"}
    assert shelf.attempts <= 1 + 2 * 6 + ATTEMPTS


def test_who_is_set_apart_does_not_spoil_the_attempt_of_the_others() -> None:
    theirs = [TEMPLATES[0, content] for content in range(120)]
    others = [TEMPLATES[user, 0] for user in range(1, 60)]
    shelf = Shelf({key(0, content) for content in range(1, 120)})
    store_bisecting(others, shelf.attempt, lambda _: (), quarantined=theirs)
    assert shelf.stored[:59] == [each.source.key for each in others]
    assert shelf.attempts <= 1 + ATTEMPTS


def test_the_search_ends_at_once_where_the_refusals_are_too_many() -> None:
    class EnoughError(Exception):
        pass

    def stop(_: RejectedRecord) -> None:
        raise EnoughError

    shelf = Shelf({key(user, 0) for user in range(60)})
    with pytest.raises(EnoughError):
        store_bisecting([TEMPLATES[user, 0] for user in range(60)], shelf.attempt, lambda _: (), refuse=stop)
    assert shelf.attempts <= 7


class Offsets:
    """A store that refuses entries with some offsets."""

    def __init__(self, refused: set[int]) -> None:
        self.refused = refused
        self.stored: list[int] = []

    def attempt(self, these: Sequence[StateEntry]) -> str | None:
        offsets = [each.state.source_offset for each in these]
        if not self.refused.isdisjoint(offsets):
            return "refused"
        self.stored += offsets
        return None


def superseding(*offsets: int) -> list[StateEntry]:
    template = TEMPLATES[0, 0]
    return [replace(template, state=replace(template.state, source_offset=each)) for each in offsets]


def test_settling_stores_in_place_of_the_refused_the_best_that_is_left() -> None:
    latest = latest_per_key(superseding(4, 9, 2, 7, 5))
    shelf = Offsets({9, 7})
    rejected = store_bisecting(latest.entries, shelf.attempt, latest.alternatives)
    assert shelf.stored == [5]
    assert [each.detail for each in rejected] == ["refused", "refused"]


def test_what_an_item_superseded_is_tried_as_often_as_anything_else_of_a_person() -> None:
    latest = latest_per_key(superseding(*range(500)))
    shelf = Offsets(set(range(500)))
    rejected = store_bisecting(latest.entries, shelf.attempt, latest.alternatives)
    assert len(rejected) == ATTEMPTS + 1
    assert rejected[-1].reason == "quarantined"
