"""Erase a person from all stores: PostgreSQL, which decides; then Redis, Kafka and the archived months.

Each step after the first may fail and is then done by the next run; the receipt names it as open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from operations.erase import database, terms
from operations.erase.archives import count_in_archives, erase_from_archives
from operations.erase.database import DeletedRows, LoggedState
from operations.erase.hot_store import HotItems, clear_erased_flag, erase_hot_items, hot_items
from operations.erase.receipt import Receipt, ReceiptNote
from operations.erase.subject import Subject
from operations.erase.terms import IN_KAFKA, IN_REDIS
from operations.erase.tombstones import StatesInLog, delete_states, logged_keys
from operations.stores import StoreUnavailableError
from playhead.audit_trail import events as audit
from playhead.kafka.errors import PublishError
from playhead.settings import EraseSettings
from playhead.wire.keys import person_key

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
    terms.BACKUPS,
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
        states = logged_keys(self.subject, database.states(self.connection, self.subject))
        try:
            hot = hot_items(self.settings, self._person)
            receipt.redis_items = len(hot.items)
            states |= logged_keys(self.subject, _states_of(hot))
        except StoreUnavailableError as error:
            receipt.open.append(ReceiptNote(IN_REDIS, str(error)))
        try:
            states |= StatesInLog(self.settings, self.subject).read()
        except StoreUnavailableError as error:
            receipt.open.append(ReceiptNote(IN_KAFKA, str(error)))
        receipt.kafka_tombstones = len(states)
        count_in_archives(self.connection, self.subject, self.directories, receipt)
        return receipt

    def erase(self) -> Receipt:
        """Erase the person; what could not be done is open in the receipt."""
        event = terms.audit_event(self.subject, "erase")
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
            receipt.open.append(ReceiptNote(IN_REDIS, str(error)))
        try:
            self._delete_states(receipt)
        except (PublishError, StoreUnavailableError) as error:
            receipt.open.append(ReceiptNote(IN_KAFKA, str(error)))
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
            terms.refuse_early(self.settings, at)
        event = terms.audit_event(self.subject, "readmit")
        was_erased = database.readmit(self.connection, self.subject, event)
        audit.log(event)
        # After PostgreSQL: a worker that finds no flag asks there, and would set it again.
        return clear_erased_flag(self.settings, self._person) or was_erased

    @property
    def _person(self) -> str:
        return person_key(self.subject.tenant, self.subject.user)

    def _delete_states(self, receipt: Receipt) -> None:
        owed = database.owed_tombstones(self.connection, self.subject)
        deleted = delete_states(self.settings, self.subject, logged_keys(self.subject, owed))
        database.settle_tombstones(self.connection, self.subject)
        receipt.kafka_tombstones = deleted.tombstones
        receipt.verified["Kafka"] = deleted.left

    def _verify(self, deleted: DeletedRows, receipt: Receipt) -> None:
        again = database.delete(self.connection, self.subject, for_real=False)
        receipt.verified["PostgreSQL"] = sum(again.rows.values())
        if receipt.archives:
            files = self._receipt(deleted, dry_run=False)
            count_in_archives(self.connection, self.subject, self.directories, files)
            receipt.verified["archives"] = sum(file.sessions for file in files.archives)
        terms.open_what_is_left(receipt)

    def _receipt(self, deleted: DeletedRows, *, dry_run: bool) -> Receipt:
        return Receipt(
            tenant_id=self.subject.tenant,
            user_id=self.subject.user,
            dry_run=dry_run,
            erased_at=None if dry_run else deleted.erased_at,
            made_at=datetime.now(UTC),
            postgres=deleted.rows,
            sessions_by_month=deleted.sessions,
            expires=list(terms.expiries(self.settings, deleted.erased_at)),
            kept=list(_KEPT),
        )


def _states_of(hot: HotItems) -> set[LoggedState]:
    return set() if hot.partition is None else {LoggedState(item, hot.partition) for item in hot.items}
