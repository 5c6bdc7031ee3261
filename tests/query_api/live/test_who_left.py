"""A team's stream sends no change of a member who is no longer in its snapshot."""

from __future__ import annotations

import pytest

from playhead.progress import ContentId, UserId
from query_api.live.events import KEEP_ALIVE, Aged, Attached, MemberChanged
from query_api.live.listener import Listener
from query_api.live.stream import Stream

pytestmark = pytest.mark.anyio

ADA, BOB, ITEM = UserId("ada"), UserId("bob"), ContentId("item")


class Team:
    """A view of members who leave between two snapshots."""

    def __init__(self, *members: set[UserId]) -> None:
        self._next = iter(members)
        self._shown: set[UserId] = set()

    async def snapshot(self) -> bytes:
        self._shown = next(self._next)
        return ",".join(sorted(self._shown)).encode()

    def shows(self, user: UserId) -> bool:
        return user in self._shown


async def test_a_change_of_who_left_before_the_snapshot_is_not_sent() -> None:
    listener = Listener(())
    stream = Stream(listener, Team({ADA, BOB}, {BOB})).chunks()
    listener.push(Attached())
    listener.push(MemberChanged(ADA, ITEM, b"1"))
    listener.push(Aged())  # the snapshot is read after Ada left; her channel is dropped later
    listener.push(MemberChanged(ADA, ITEM, b"2"))
    listener.push(MemberChanged(BOB, ITEM, b"3"))
    sent = [await anext(stream) for _ in range(6)]
    assert [each.rpartition(b"data: ")[2].strip() for each in sent[1:]] == [
        b"ada,bob",
        b"1",
        b"bob",
        KEEP_ALIVE.strip(),
        b"3",
    ]
