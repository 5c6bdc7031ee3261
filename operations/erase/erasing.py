"""An erasure across the stores: PostgreSQL, which has the say; then Redis, Kafka and the archives.

Each step after the first may fail, to be done by the next run; the receipt says which did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg

from operations.archive.retention import NotYetError
from operations.erase import database as erasure
from operations.erase.archives import count_in_archives, erase_from_archives
from operations.erase.database import Deleted, Owed, Subject
from operations.erase.hot_store import Held, HotErasureError, held, mark, unmark
from operations.erase.receipt import Expiry, Note, Receipt
from operations.erase.tombstones import StatesInLog, bury
from playhead.audit_trail import events as audit
from playhead.audit_trail.events import Act, AuditEvent
from playhead.kafka.errors import PublishError
from playhead.kafka.topic_keys import TopicReadError
from playhead.kafka.topics import longest_retention_ms
from playhead.settings import EraseSettings
from playhead.wire.keys import person_key
from playhead.wire.topics import Topics

_ROUNDS = 3
"""Of tombstones: a processor at work publishes what it had applied before the mark, and no more after it."""

_KEPT = (
    Note(
        "the two ids, and when, in progress.erased_people",
        "so that late heartbeats, and a log read again, do not bring the person back",
    ),
    Note(
        "audit events that name the person by id, in progress.audit_events",
        "who read and changed what must stay provable; `playhead archive` deletes them when they are older "
        "than PLAYHEAD_AUDIT_RETENTION_DAYS",
    ),
    Note("backups that were taken before", "nothing here reaches them: erase again where one is restored"),
)


@dataclass(frozen=True, slots=True)
class Eraser:
    """Erases one person, over a connection that `retention.alone` gave."""

    settings: EraseSettings
    connection: psycopg.Connection
    subject: Subject
    directories: Sequence[Path]
    """Where archived months may be, besides the places recorded."""

    def would(self) -> Receipt:
        """What there is to erase; changes nothing."""
        deleted = erasure.delete(self.connection, self.subject, for_real=False)
        receipt = self._receipt(deleted, dry_run=True)
        owed = erasure.states(self.connection, self.subject)
        try:
            hot = held(self.settings, self._person)
            receipt.redis_items = len(hot.items)
            owed |= _states_of(hot)
        except HotErasureError as error:
            receipt.open.append(_redis_is_away(error))
        try:
            with self._log() as log:
                owed |= log.states()
        except TopicReadError as error:
            receipt.open.append(_kafka_is_away(error))
        receipt.kafka_tombstones = len(owed)
        count_in_archives(self.connection, self.subject, self.directories, receipt)
        return receipt

    def erase(self) -> Receipt:
        """Erase; what could not be done is told as open."""
        event = self._event("erase")
        deleted = erasure.delete(self.connection, self.subject, for_real=True, event=event)
        audit.log(event)
        receipt = self._receipt(deleted, dry_run=False)
        try:
            # Noted first: once the mark is there, nothing else knows these keys.
            erasure.owe(self.connection, self.subject, _states_of(held(self.settings, self._person)))
            receipt.redis_items = mark(self.settings, self._person, _ms(deleted.erased_at))
            receipt.verified["Redis"] = len(held(self.settings, self._person).items)
        except HotErasureError as error:
            receipt.open.append(_redis_is_away(error))
        try:
            self._bury(receipt)
        except (PublishError, TopicReadError) as error:
            receipt.open.append(_kafka_is_away(error))
        erase_from_archives(self.connection, self.subject, self.directories, receipt)
        self._verify(deleted, receipt)
        receipt.made_at = datetime.now(UTC)
        return receipt

    def readmit(self, *, force: bool) -> bool:
        """Let the person be known again; whether they had been erased.

        Raises:
            NotYetError: the log may still have heartbeats of theirs.
            PersonError: the erasure was not completed.
            HotErasureError: Redis does not answer; run it again.
        """
        at = erasure.erased_at(self.connection, self.subject)
        if at is not None and not force:
            self._refuse_early(at)
        event = self._event("readmit")
        was_erased = erasure.readmit(self.connection, self.subject, event)
        audit.log(event)
        # After Postgres: a worker that does not find the mark asks there, and would set it again.
        return unmark(self.settings, self._person) or was_erased

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

    def _log(self) -> StatesInLog:
        return StatesInLog(self.settings, self.subject)

    def _bury(self, receipt: Receipt) -> None:
        """Bury what is owed and what the log has, and what came meanwhile from a processor at work."""
        with self._log() as log:
            left = log.states() | set(erasure.owed_tombstones(self.connection, self.subject))
            for _ in range(_ROUNDS):
                bury(self.settings, self.subject, sorted(left))
                receipt.kafka_tombstones += len(left)
                left = log.states()
                if not left:
                    break
        erasure.settle_tombstones(self.connection, self.subject)
        receipt.verified["Kafka"] = len(left)

    def _verify(self, deleted: Deleted, receipt: Receipt) -> None:
        again = erasure.delete(self.connection, self.subject, for_real=False)
        receipt.verified["PostgreSQL"] = sum(again.rows.values())
        if receipt.archives:
            files = self._receipt(deleted, dry_run=False)
            count_in_archives(self.connection, self.subject, self.directories, files)
            receipt.verified["archives"] = sum(file.sessions for file in files.archives)
        receipt.open += [
            Note(f"what {store} holds", f"{left} still there when it was read back")
            for store, left in receipt.verified.items()
            if left
        ]

    def _receipt(self, deleted: Deleted, *, dry_run: bool) -> Receipt:
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

    def _expiries(self, at: datetime) -> Iterator[Expiry]:
        topics = Topics.named(self.settings.kafka_prefix)
        kept = longest_retention_ms(self.settings, topics.all)
        for name, ms in kept.items():
            yield Expiry(name, None if ms is None else at + timedelta(milliseconds=ms))

    def _refuse_early(self, at: datetime) -> None:
        until = next(self._expiries(at)).until
        if until is None or datetime.now(UTC) < until:
            raise NotYetError(
                f"erased at {at:%Y-%m-%d %H:%M} UTC; heartbeats from before may be in the log "
                f"{'for ever' if until is None else f'until {until:%Y-%m-%d %H:%M} UTC'}, and would count "
                "again were it read again: wait, or --force"
            )


def _states_of(hot: Held) -> set[Owed]:
    return set() if hot.partition is None else {Owed(item, hot.partition) for item in hot.items}


def _kafka_is_away(error: Exception) -> Note:
    return Note("tombstones for the states in Kafka", str(error))


def _redis_is_away(error: HotErasureError) -> Note:
    return Note("what Redis holds", str(error))


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
