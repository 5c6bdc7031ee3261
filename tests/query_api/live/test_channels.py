from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from query_api.live.channels import ChannelCommand, Channels

SUBSCRIBE, UNSUBSCRIBE = ChannelCommand("SUBSCRIBE", "a"), ChannelCommand("UNSUBSCRIBE", "a")


def test_a_channel_stands_once_it_is_confirmed() -> None:
    channels = Channels()

    assert channels.want("a") == [SUBSCRIBE]
    assert not channels.is_subscribed("a")
    assert channels.confirmed("SUBSCRIBE", "a") == []
    assert channels.is_subscribed("a")
    assert channels.want("a") == []


def test_wanted_again_before_it_is_given_up_is_asked_for_anew() -> None:
    channels = Channels()
    channels.want("a")
    channels.confirmed("SUBSCRIBE", "a")

    assert channels.drop("a") == [UNSUBSCRIBE]
    assert channels.want("a") == []
    assert not channels.is_subscribed("a")
    assert channels.confirmed("UNSUBSCRIBE", "a") == [SUBSCRIBE]


def test_dropped_before_it_is_confirmed_is_given_up_then() -> None:
    channels = Channels()
    channels.want("a")

    assert channels.drop("a") == []
    assert channels.confirmed("SUBSCRIBE", "a") == [UNSUBSCRIBE]


@given(st.lists(st.tuples(st.sampled_from(["want", "drop", "answer"]), st.sampled_from("ab")), max_size=100))
def test_redis_and_the_channels_agree_whatever_comes_between(steps: list[tuple[str, str]]) -> None:
    channels, wanted = Channels(), set[str]()
    on_their_way: deque[ChannelCommand] = deque()
    subscribed: set[str] = set()

    def answer() -> None:
        command = on_their_way.popleft()
        (subscribed.add if command.verb == "SUBSCRIBE" else subscribed.discard)(command.channel)
        on_their_way.extend(channels.confirmed(command.verb, command.channel))

    for step, channel in steps:
        if step == "want":
            wanted.add(channel)
            on_their_way.extend(channels.want(channel))
        elif step == "drop":
            wanted.discard(channel)
            on_their_way.extend(channels.drop(channel))
        elif on_their_way:
            answer()
        assert len({command.channel for command in on_their_way}) == len(on_their_way)
        assert all(each in subscribed for each in "ab" if channels.is_subscribed(each))
    while on_their_way:
        answer()

    assert subscribed == wanted
    assert {each for each in "ab" if channels.is_subscribed(each)} == wanted
