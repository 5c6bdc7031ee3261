"""Records that the sink does not accept."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from playhead.wire.codec import encode
from playhead.wire.states import Checkpoint, decode_state
from sinks.states.decode import ConsumedRecord, RejectedRecord, decode
from tests.sinks.author import Author, Item


def test_invalid_utf8_in_an_unknown_field_is_rejected() -> None:
    author = Author()
    honest = author.watch(Item.of(), 30)
    forged = (honest.value or b"").replace(
        b'"progress":{"sessions":2', b'"progress":{"sessions":2,"later":"\xff"'
    )
    found = decode(ConsumedRecord(0, 0, honest.key, forged))
    assert isinstance(found, RejectedRecord)
    assert "0xff" in found.detail


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"partition": 3}, "wrong_key"), ({"next_offset": 2**63}, "malformed"), ({"applied": -1}, "malformed")],
)
def test_an_impossible_checkpoint_is_rejected(changed: dict[str, int], reason: str) -> None:
    record = Author().checkpoint()
    checkpoint = decode_state(record.value or b"")
    assert isinstance(checkpoint, Checkpoint)
    found = decode(ConsumedRecord(0, 0, record.key, encode(replace(checkpoint, **changed))))
    assert isinstance(found, RejectedRecord)
    assert found.reason == reason


@pytest.mark.parametrize("key", ["a:b:c:d", "a\tb:c:d", "a:b\\:c", "a\n:b:c"])
def test_ids_cannot_break_out_of_their_fields(key: str) -> None:
    author, item = Author(), Item.of()
    author.watch(item, 30)
    tenant, user, *rest = key.split(":")
    forged = author.forge_ids(item, tenant, user, ":".join(rest))
    found = decode(ConsumedRecord(0, 0, forged.key, forged.value))
    assert isinstance(found, RejectedRecord)
    assert found.reason == "malformed"
