"""Erase a person from all stores: PostgreSQL, which decides; then Redis, Kafka and the archived months.

Each step after the first may fail and is then done by the next run; the receipt names it as open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg

from operations.archive.retention import RetentionError
from operations.erase import database
from operations.erase.archives import count_in_archives, erase_from_archives
from operations.erase.database import DeletedRows, LoggedState, Subject
from operations.erase.hot_store import HotItems, clear_erased_flag, erase_hot_items, hot_items
from operations.erase.receipt import Receipt, ReceiptNote, TopicExpiry
from operations.erase.tombstones import StatesInLog, publish_tombstones
from operations.stores import StoreUnavailableError
from playhead.audit_trail import events as audit
from playhead.audit_trail.events import Act, AuditEvent
from playhead.kafka.errors import PublishError
from playhead.kafka.topics import longest_retention_ms
from playhead.settings import EraseSettings
from playhead.wire.keys import person_key
from playhead.wire.topics import Topics

_IN_REDIS, _IN_KAFKA = "what Redis holds", "tombstones for the states in Kafka"
_ROUNDS = 3
"""Rounds of tombstones: a running processor may still publish what it applied before the erased flag."""

_KEPT = (
    ReceiptNote(
        "the two ids, and when, in progress.erased_people",
        "so that late heartbeats, and a log read again, do not bring the person back",
    ),
    ReceiptNote(
        "audit events that name the person by id, in progress.audit_events",
        "who read and changed what must stay provable; `playhead archive` deletes them when they are older "
        "than PLAYHEAD_AUDIT_RETENTION_DAYS",
    ),
    ReceiptNote(
        "backups that were taken before", "nothing here reaches them: erase again where one is restored"
    ),
)


@dataclass(frozen=True, slots=True)
class Eraser:
    """Erases one person, over a connection of `retention.exclusive`."""

    settings: EraseSettings
    connection: psycopg.Connection
    subject: Subject
    directories: Sequence[Path]
    """Where archived months may be, besides the recorded places."""

    def preview(self) -> Receipt:
        """What there is to erase; changes nothing."""
        deleted = database.delete(self.connection, self.subject, for_real=False)
        receipt = self._receipt(deleted, dry_run=True)
        states = database.states(self.connection, self.subject)
        try:
            hot = hot_items(self.settings, self._person)
            receipt.redis_items = len(hot.items)
            states |= _states_of(hot)
        except StoreUnavailableError as error:
            receipt.open.append(ReceiptNote(_IN_REDIS, str(error)))
        try:
            states |= StatesInLog(self.settings, self.subject).read()
        except StoreUnavailableError as error:
            receipt.open.append(ReceiptNote(_IN_KAFKA, str(error)))
        receipt.kafka_tombstones = len(states)
        count_in_archives(self.connection, self.subject, self.directories, receipt)
        return receipt

    def erase(self) -> Receipt:
        """Erase the person; what could not be done is open in the receipt."""
        event = self._event("erase")
        deleted = database.delete(self.connection, self.subject, for_real=True, event=event)
        audit.log(event)
        receipt = self._receipt(deleted, dry_run=False)
        try:
            # Noted first: once the erased flag is set, nothing else has these keys.
            database.owe(self.connection, self.subject, _states_of(hot_items(self.settings, self._person)))
            at_ms = round(deleted.erased_at.timestamp() * 1000)
            receipt.redis_items = erase_hot_items(self.settings, self._person, at_ms)
            receipt.verified["Redis"] = len(hot_items(self.settings, self._person).items)
        except StoreUnavailableError as error:
            receipt.open.append(ReceiptNote(_IN_REDIS, str(error)))
        try:
            self._delete_states(receipt)
        except (PublishError, StoreUnavailableError) as error:
            receipt.open.append(ReceiptNote(_IN_KAFKA, str(error)))
        erase_from_archives(self.connection, self.subject, self.directories, receipt)
        self._verify(deleted, receipt)
        receipt.made_at = datetime.now(UTC)
        return receipt

    def readmit(self, *, force: bool) -> bool:
        """Lift the erasure; whether the person had been erased.

        Raises:
            RetentionError: the log may still have heartbeats of theirs, or the erasure is not complete.
            StoreUnavailableError: Redis does not answer; run it again.
        """
        at = database.erased_at(self.connection, self.subject)
        if at is not None and not force:
            self._refuse_early(at)
        event = self._event("readmit")
        was_erased = database.readmit(self.connection, self.subject, event)
        audit.log(event)
        # After PostgreSQL: a worker that finds no flag asks there, and would set it again.
        return clear_erased_flag(self.settings, self._person) or was_erased

    @property
    def _person(self) -> str:
        return person_key(self.subject.tenant, self.subject.user)

    def _event(self, act: Act) -> AuditEvent:
        return AuditEvent(
            at=datetime.now(UTC),
            act=act,
            target="playhead erase",
            outcome="done",
            origin=audit.operator(),
            request_id=uuid4().hex,
            tenant=self.subject.tenant,
            subject=self.subject.user,
        )

    def _delete_states(self, receipt: Receipt) -> None:
        """Publish tombstones for the states in the log, and for those that are published meanwhile."""
        log = StatesInLog(self.settings, self.subject)
        left = log.read() | set(database.owed_tombstones(self.connection, self.subject))
        for _ in range(_ROUNDS):
            publish_tombstones(self.settings, self.subject, sorted(left))
            receipt.kafka_tombstones += len(left)
            left = log.read()
            if not left:
                break
        database.settle_tombstones(self.connection, self.subject)
        receipt.verified["Kafka"] = len(left)

    def _verify(self, deleted: DeletedRows, receipt: Receipt) -> None:
        again = database.delete(self.connection, self.subject, for_real=False)
        receipt.verified["PostgreSQL"] = sum(again.rows.values())
        if receipt.archives:
            files = self._receipt(deleted, dry_run=False)
            count_in_archives(self.connection, self.subject, self.directories, files)
            receipt.verified["archives"] = sum(file.sessions for file in files.archives)
        receipt.open += [
            ReceiptNote(f"what {store} holds", f"{left} still there when it was read back")
            for store, left in receipt.verified.items()
            if left
        ]

    def _receipt(self, deleted: DeletedRows, *, dry_run: bool) -> Receipt:
        return Receipt(
            tenant_id=self.subject.tenant,
            user_id=self.subject.user,
            dry_run=dry_run,
            erased_at=None if dry_run else deleted.erased_at,
            made_at=datetime.now(UTC),
            postgres=deleted.rows,
            sessions_by_month=deleted.sessions,
            expires=list(self._expiries(deleted.erased_at)),
            kept=list(_KEPT),
        )

    def _expiries(self, at: datetime) -> Iterator[TopicExpiry]:
        topics = Topics.named(self.settings.kafka_prefix)
        for name, ms in longest_retention_ms(self.settings, topics.all).items():
            yield TopicExpiry(name, None if ms is None else at + timedelta(milliseconds=ms))

    def _refuse_early(self, at: datetime) -> None:
        until = next(self._expiries(at)).until
        if until is None or datetime.now(UTC) < until:
            raise RetentionError(
                f"erased at {at:%Y-%m-%d %H:%M} UTC; heartbeats from before may be in the log "
                f"{'for ever' if until is None else f'until {until:%Y-%m-%d %H:%M} UTC'}, and would count "
                "again were it read again: wait, or --force"
            )


def _states_of(hot: HotItems) -> set[LoggedState]:
    return set() if hot.partition is None else {LoggedState(item, hot.partition) for item in hot.items}
