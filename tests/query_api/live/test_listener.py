"""What a listener keeps for a client that is behind."""

from __future__ import annotations

import pytest

from playhead.progress import NOTHING, ContentId, UserId
from query_api.live.events import Attached, Changed, Detached, Ended, MemberChanged, StreamEvent
from query_api.live.listener import Listener, TeamListener

pytestmark = pytest.mark.anyio

AWAY = Detached("away", 1.0)


def change(user: str, content: str, encoded: str) -> Changed:
    of_member = MemberChanged(UserId(user), ContentId(content), encoded.encode())
    return Changed(ContentId(content), NOTHING, encoded.encode(), of_member)


async def unread(listener: Listener) -> list[StreamEvent]:
    events: list[StreamEvent] = []
    while (each := await listener.next(0)) is not None:
        events.append(each)
    return events


def shown(events: list[StreamEvent]) -> list[str]:
    return [
        each.encoded.decode() if isinstance(each, Changed | MemberChanged) else type(each).__name__
        for each in events
    ]


async def test_a_person_is_told_of_every_change() -> None:
    listener = Listener(["a"])
    for number in "123":
        listener.push(change("a", "item", number))

    assert shown(await unread(listener)) == ["1", "2", "3"]


async def test_of_a_team_the_latest_of_an_item_takes_the_place_of_what_is_unread() -> None:
    listener = TeamListener(["a", "b"])
    for user, content, number in (("a", "x", "1"), ("b", "x", "2"), ("a", "x", "3"), ("a", "y", "4")):
        listener.push(change(user, content, number))

    assert shown(await unread(listener)) == ["3", "2", "4"]
    listener.push(change("a", "x", "5"))
    assert shown(await unread(listener)) == ["5"]
    assert listener.changes == 5


async def test_a_change_after_an_interruption_is_told_after_it() -> None:
    listener = TeamListener(["a"])
    for event in (change("a", "x", "1"), AWAY, Attached(), change("a", "x", "2"), change("a", "x", "3")):
        listener.push(event)

    assert shown(await unread(listener)) == ["1", "Detached", "Attached", "3"]


@pytest.mark.parametrize("kind", [Listener, TeamListener])
async def test_too_much_unread_ends_the_stream_and_is_forgotten(kind: type[Listener]) -> None:
    listener = kind(["a"])
    for number in range(kind.bound):
        listener.push(change("a", f"item {number}", str(number)))
    assert isinstance(await listener.next(0), Changed | MemberChanged)
    listener.push(AWAY)
    listener.push(change("a", "one more", "too much"))
    listener.push(Attached())

    assert await unread(listener) == [Ended("slow")]


async def test_however_often_a_teams_items_change_it_is_not_too_much() -> None:
    listener = TeamListener(["a"])
    for number in range(3 * TeamListener.bound):
        listener.push(change("a", f"item {number % 100}", str(number)))

    assert len(await unread(listener)) == 100
