"""The two parts in which an item is stored: the record, and its older sessions where it has any. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from playhead.policies import Policies
from playhead.progress import NOTHING, ContentId, Policy, Progress
from playhead.progress.identifiers import TenantId
from playhead.progress.older import needs_older, split, whole
from playhead.wire.ledger import Ledger
from playhead.wire.progress import decode_progress, encode_progress, has_older
from stream_processors.apply.decision import KnownPerson
from stream_processors.apply.decode import Decoded


class StoredPart(Struct, frozen=True, gc=False):
    """The record of an item, or its older sessions."""

    progress: Progress
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


def opened(known: KnownPerson, item: ContentId) -> Progress:
    """What the batch is applied to: all that is known of the item, or its record if that is enough."""
    stored = known.items.get(item)
    record = NOTHING if stored is None else decode_progress(stored)
    if item not in known.older:
        return record
    held = known.older[item]
    return whole(record, None if held is None else decode_progress(held))


def stored_parts(known: KnownPerson, item: ContentId) -> ItemParts:
    """The parts as they were loaded."""
    stored, held = known.items[item], known.older.get(item)
    older = None if held is None else StoredPart(decode_progress(held), held)
    return ItemParts(StoredPart(decode_progress(stored), stored), older)


def divided(progress: Progress, known: KnownPerson, item: ContentId, policy: Policy) -> ItemParts:
    """The parts of changed progress, as `opened` began it.

    Older sessions of which none is left are replaced by an empty part, since no store deletes one.
    """
    record, older = (progress, None) if progress.older is not None else split(progress, policy)
    if older is None and item in known.older:
        older = Progress(compacted=record.compacted)
    apart = None if older is None else StoredPart(older, encode_progress(older))
    return ItemParts(StoredPart(record, encode_progress(record)), apart)
