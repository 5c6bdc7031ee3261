"""The two parts in which an item is stored: the record, and its older sessions where it has any. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from playhead.policies import Policies
from playhead.progress import NOTHING, ContentId, Policy, Progress
from playhead.progress.identifiers import TenantId
from playhead.progress.older import OlderPart, grown, may_grow, needs_older, split, whole
from playhead.wire.ledger import Ledger
from playhead.wire.progress import (
    SealedOlder,
    decode_older,
    decode_progress,
    encode_older,
    encode_progress,
    has_older,
)
from stream_processors.apply.decision import KnownPerson
from stream_processors.apply.decode import Decoded
from stream_processors.apply.groups import BatchItem


class StoredPart(Struct, frozen=True, gc=False):
    """The record of an item, or its older sessions."""

    progress: Progress
    """Of older sessions that were not decoded, those that the batch added."""
    encoded: bytes


class ItemParts(Struct, frozen=True, gc=False):
    """An item as the stores have it."""

    record: StoredPart
    older: StoredPart | None
    """None if there are none, or if the batch did not need them."""


def needing_older(
    decoded: Decoded, known: Mapping[str, KnownPerson], ledger: Ledger, policies: Policies
) -> dict[str, list[ContentId]]:
    """The items of each person of which the record alone does not show what the batch changes.

    A batch that was applied before is published again, with the older sessions that it may have changed.
    """
    is_replay = decoded.batch.first_offset < ledger.next_offset
    needed: dict[str, list[ContentId]] = {}
    for person, found in known.items():
        for item, encoded in found.items.items():
            if not has_older(encoded):
                continue
            policy = policies.of(TenantId(person.partition(":")[0]), item).policy
            heartbeats = (heartbeat for _, heartbeat in decoded.people[person][item])
            if is_replay or needs_older(decode_progress(encoded), heartbeats, policy):
                needed.setdefault(person, []).append(item)
    return needed


class OpenedItem(Struct, frozen=True, gc=False):
    """What the heartbeats of a batch are applied to."""

    progress: Progress
    """All that is known of the item, or its record if that is enough."""
    older: SealedOlder | None = None
    """To which the batch may add sessions, if the record is enough for that; else None."""


def opened(item: BatchItem, policy: Policy, *, is_replay: bool) -> OpenedItem:
    """The item as far as the batch needs it.

    Older sessions are decoded only if what is stored beside them is not enough. Of a batch that was applied
    before they are published again, so that they are decoded.
    """
    known, content = item.known, item.content
    stored = known.items.get(content)
    record = NOTHING if stored is None else decode_progress(stored)
    if content not in known.older:
        return OpenedItem(record)
    held = known.older[content]
    if held is None:
        return OpenedItem(whole(record, None))
    if not is_replay:
        older = decode_older(held)
        heartbeats = [heartbeat for _, heartbeat in item.heartbeats]
        if may_grow(record, older.sums, older.sessions, heartbeats, policy):
            return OpenedItem(record, older)
    return OpenedItem(whole(record, decode_progress(held)))


def stored_parts(known: KnownPerson, item: ContentId) -> ItemParts:
    """The parts as they were loaded."""
    stored, held = known.items[item], known.older.get(item)
    older = None if held is None else StoredPart(decode_progress(held), held)
    return ItemParts(StoredPart(decode_progress(stored), stored), older)


def divided(
    progress: Progress, older: SealedOlder | None, known: KnownPerson, item: ContentId, policy: Policy
) -> ItemParts:
    """The parts of changed progress, as `opened` began it, with the older sessions that it left closed.

    Older sessions of which none is left are replaced by an empty part, since no store deletes one.
    """
    if older is not None:
        return _grown(progress, older, policy)
    record, apart = (progress, None) if progress.older is not None else split(progress, policy)
    if apart is None and item in known.older:
        apart = OlderPart(compacted=record.compacted)
    part = None if apart is None else StoredPart(apart, encode_progress(apart))
    return ItemParts(StoredPart(record, encode_progress(record)), part)


def _grown(progress: Progress, older: SealedOlder, policy: Policy) -> ItemParts:
    growth = None if older.sums is None else grown(progress, older.sums, policy)
    if growth is None:
        raise AssertionError("what `may_grow` accepted cannot be added")
    part = None
    if growth.moved:
        encoded = encode_older(older.plus(growth.moved, growth.sums))
        part = StoredPart(Progress(sessions=growth.moved), encoded)
    return ItemParts(StoredPart(growth.record, encode_progress(growth.record)), part)
