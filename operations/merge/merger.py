"""Merges one person into another, step by step; each step may be repeated.

1. The alias is noted, so that services take FROM for INTO; every one of them has read it a while later.
2. Everything that the log has of FROM is stored.
3. FROM's progress is published as records of INTO, and stored as part of INTO's.
4. One transaction moves what PostgreSQL alone has, and deletes FROM's rows. It changes nothing if FROM has
   progress that was not published; then the steps from 2 on are repeated.
5. FROM is deleted from Redis, and tombstones are published for FROM's states.

A run that was killed after any step is continued by the next one: the state of each of INTO's items names
FROM, so that nothing is added twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import psycopg

from operations.erase import database
from operations.erase.hot_store import hot_items
from operations.erase.receipt import ReceiptNote
from operations.erase.subject import Subject
from operations.erase.tombstones import StatesInLog, logged_keys, publish_tombstones
from operations.merge import people
from operations.merge.errors import MergeError
from operations.merge.hot_store import delete_hot_items
from operations.merge.moving import move
from operations.merge.people import Pair
from operations.merge.progress import PublishedItem, publish_items, require_merged, stored_items
from operations.merge.receipt import MergeReceipt
from operations.merge.waiting import wait_for_services, wait_until_stored
from playhead.audit_trail import events as audit
from playhead.audit_trail.events import AuditEvent
from playhead.progress import NOTHING, ContentId, Policy, summarize
from playhead.settings import MergeSettings
from playhead.wire.keys import person_key

MOST_ROUNDS = 5
"""Rounds of publishing and moving: services that did not read the alias may still save as FROM."""
_KEPT = (
    ReceiptNote(
        "the two ids, and when, in progress.aliases",
        "so that what FROM sends is INTO's from now on",
    ),
    ReceiptNote(
        "FROM's sessions in archived months, under FROM's id",
        "archived files are not rewritten; INTO's figures count them",
    ),
    ReceiptNote("FROM's heartbeats in Kafka", "they expire, and are INTO's in the progress"),
)


@dataclass(frozen=True, slots=True)
class Merger:
    """Merges two people, over a connection of `retention.exclusive`."""

    settings: MergeSettings
    connection: psycopg.Connection
    pair: Pair
    wait_seconds: float
    """How long the services may take to store what was published."""
    say: Callable[[str], object]
    """Called with what begins."""

    def preview(self) -> MergeReceipt:
        """What there is to merge; changes nothing.

        Raises:
            MergeRefusedError: the two may not be merged.
        """
        people.check(self.connection, self.pair)
        return self._receipt(dry_run=True)

    def merge(self) -> MergeReceipt:
        """Merge them, or continue.

        Raises:
            MergeError: the two may not be merged, or it cannot go on; run it again then.
            PublishError: Kafka has not acknowledged everything; run it again.
            StoreUnavailableError: a store does not answer; run it again.
        """
        people.check(self.connection, self.pair)
        event = self._event()
        merged_at = people.note(self.connection, self.pair, event)
        audit.log(event)
        self.say("waiting until every service knows that the two are one person")
        wait_for_services(merged_at, self.settings.alias_refresh_seconds)
        self._wait()
        receipt = self._receipt(dry_run=False)
        receipt.merged_at = merged_at
        for _ in range(MOST_ROUNDS):
            moved = self._add_and_move()
            if moved is not None:
                receipt.moved = {name: receipt.moved.get(name, 0) + n for name, n in moved.items()}
                self._clear(receipt)
                if not stored_items(self.connection, self.pair, self.pair.source):
                    people.complete(self.connection, self.pair)
                    receipt.made_at = datetime.now(UTC)
                    return receipt
        raise MergeError("FROM is still being saved: is there an ingest that cannot reach PostgreSQL?")

    def _add_and_move(self) -> dict[str, int] | None:
        """Add FROM's progress to INTO's; None if there is more of it by then."""
        self.say("waiting until everything of FROM is stored")
        self._wait()
        items = stored_items(self.connection, self.pair, self.pair.source)
        if items:
            self.say(f"adding {len(items):,} items")
            publish_items(self.settings, self.pair, items)
            self._wait()
            require_merged(items, stored_items(self.connection, self.pair, self.pair.into), self.pair)
        self.say("moving the rows in PostgreSQL")
        return move(self.connection, self.pair, items)

    def _wait(self) -> None:
        wait_until_stored(self.connection, self.settings, self.wait_seconds)

    def _clear(self, receipt: MergeReceipt) -> None:
        """Delete FROM from Redis and Kafka."""
        subject = Subject(self.pair.tenant, self.pair.source)
        person = person_key(*subject)
        hot = hot_items(self.settings, person)
        if hot.partition is not None:
            owed = {database.LoggedState(item, hot.partition) for item in hot.items}
            database.owe(self.connection, subject, owed)
        receipt.redis_items += delete_hot_items(self.settings, person)
        states = StatesInLog(self.settings, subject).read()
        states |= logged_keys(subject, database.owed_tombstones(self.connection, subject))
        publish_tombstones(self.settings, sorted(states))
        database.settle_tombstones(self.connection, subject)
        receipt.kafka_tombstones += len(states)

    def _receipt(self, *, dry_run: bool) -> MergeReceipt:
        source = {
            content: item
            for content, item in stored_items(self.connection, self.pair, self.pair.source).items()
            if item.progress != NOTHING
        }
        into = stored_items(self.connection, self.pair, self.pair.into)
        shown = [summarize(item.progress, Policy()) for item in source.values()]
        return MergeReceipt(
            tenant_id=self.pair.tenant,
            from_user=self.pair.source,
            into_user=self.pair.into,
            dry_run=dry_run,
            made_at=datetime.now(UTC),
            items=len(source),
            items_of_both=_in_both(source, into),
            sessions=sum(each.total_sessions for each in shown),
            watch_seconds=sum(each.wall_ms for each in shown) // 1000,
            kept=list(_KEPT),
        )

    def _event(self) -> AuditEvent:
        return AuditEvent(
            at=datetime.now(UTC),
            act="merge",
            target="playhead merge people",
            outcome="done",
            reason=f"from {self.pair.source}",
            origin=audit.operator(),
            request_id=uuid4().hex,
            tenant=self.pair.tenant,
            subject=self.pair.into,
        )


def _in_both(source: Mapping[ContentId, PublishedItem], into: Mapping[ContentId, PublishedItem]) -> int:
    return len(source.keys() & into.keys())
