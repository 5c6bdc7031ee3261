"""Erase an organisation from all stores: its note in PostgreSQL decides; then everything of it goes.

Each step after the note may fail or be killed, and is done by the next run; the receipt names it as open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from operations.archive.retention import RetentionError
from operations.erase import organisation_keys as keys
from operations.erase import organisation_rows as rows
from operations.erase import terms
from operations.erase.archives import count_in_archives, erase_from_archives
from operations.erase.receipt import Receipt, ReceiptNote
from operations.erase.subject import Organisation
from operations.erase.terms import IN_KAFKA, IN_REDIS
from operations.erase.tombstones import StatesInLog, delete_states
from operations.stores import StoreUnavailableError
from operations.tenants.tables import rows_to_erase
from playhead.audit_trail import events as audit
from playhead.kafka.errors import PublishError
from playhead.settings import EraseSettings

_KEPT = (
    ReceiptNote(
        "the organisation's id, and when, in progress.erased_tenants",
        "so that late heartbeats, and a log read again, bring nothing back",
    ),
    ReceiptNote(
        "the organisation's audit events, in progress.audit_events",
        "who read and changed what must stay provable; `playhead archive` deletes them when they are older "
        "than PLAYHEAD_AUDIT_RETENTION_DAYS",
    ),
    terms.BACKUPS,
)


@dataclass(frozen=True, slots=True)
class OrganisationEraser:
    """Erases one organisation, over a connection of `retention.exclusive`."""

    settings: EraseSettings
    connection: psycopg.Connection
    organisation: Organisation
    directories: Sequence[Path]
    """Where archived months may be, besides the recorded places."""

    def preview(self) -> Receipt:
        """What there is to erase; changes nothing."""
        receipt = self._receipt(rows_to_erase(self.connection, self.organisation.tenant), None)
        try:
            receipt.redis_items = keys.count_keys(self.settings, self.organisation)
        except StoreUnavailableError as error:
            receipt.open.append(ReceiptNote(IN_REDIS, str(error)))
        try:
            receipt.kafka_tombstones = len(StatesInLog(self.settings, self.organisation).read())
        except StoreUnavailableError as error:
            receipt.open.append(ReceiptNote(IN_KAFKA, str(error)))
        count_in_archives(self.connection, self.organisation, self.directories, receipt)
        return receipt

    def erase(self) -> Receipt:
        """Erase the organisation; what could not be done is open in the receipt."""
        event = terms.audit_event(self.organisation, "erase")
        at = rows.note(self.connection, self.organisation, event)
        audit.log(event)
        receipt = self._receipt({}, at)
        try:
            at_ms = round(at.timestamp() * 1000)
            receipt.redis_items = keys.erase_keys(self.settings, self.organisation, at_ms)
            receipt.verified["Redis"] = keys.count_keys(self.settings, self.organisation)
        except StoreUnavailableError as error:
            receipt.open.append(ReceiptNote(IN_REDIS, str(error)))
        receipt.postgres = rows.delete_rows(self.connection, self.organisation)
        try:
            deleted = delete_states(self.settings, self.organisation, ())
            receipt.kafka_tombstones = deleted.tombstones
            receipt.verified["Kafka"] = deleted.left
        except (PublishError, StoreUnavailableError) as error:
            receipt.open.append(ReceiptNote(IN_KAFKA, str(error)))
        erase_from_archives(self.connection, self.organisation, self.directories, receipt)
        self._verify(receipt)
        receipt.made_at = datetime.now(UTC)
        return receipt

    def readmit(self, *, force: bool) -> bool:
        """Lift the erasure; whether the organisation had been erased.

        Raises:
            RetentionError: the log may still have heartbeats of it, or the erasure is not complete.
            StoreUnavailableError: Redis or Kafka does not answer; run it again.
        """
        at = rows.erased_at(self.connection, self.organisation)
        if at is not None:
            if not force:
                terms.refuse_early(self.settings, at)
            self._require_complete()
        event = terms.audit_event(self.organisation, "readmit")
        was_erased = rows.readmit(self.connection, self.organisation, event)
        audit.log(event)
        # After PostgreSQL: a worker that finds no flag asks there, and would set it again.
        return keys.clear_tenant_flag(self.settings, self.organisation) or was_erased

    def _require_complete(self) -> None:
        """Check that no store would bring back what it still holds."""
        if (
            any(rows_to_erase(self.connection, self.organisation.tenant).values())
            or keys.count_keys(self.settings, self.organisation)
            or StatesInLog(self.settings, self.organisation).read()
        ):
            raise RetentionError(
                "the erasure was not completed: run `playhead erase organisation` again first"
            )

    def _verify(self, receipt: Receipt) -> None:
        left = rows_to_erase(self.connection, self.organisation.tenant)
        receipt.verified["PostgreSQL"] = sum(left.values())
        if receipt.archives:
            files = self._receipt({}, receipt.erased_at)
            count_in_archives(self.connection, self.organisation, self.directories, files)
            receipt.verified["archives"] = sum(file.sessions for file in files.archives)
        terms.open_what_is_left(receipt)

    def _receipt(self, postgres: dict[str, int], at: datetime | None) -> Receipt:
        """One of a dry run if nothing is erased yet."""
        now = datetime.now(UTC)
        return Receipt(
            tenant_id=self.organisation.tenant,
            user_id=None,
            dry_run=at is None,
            erased_at=at,
            made_at=now,
            postgres=postgres,
            sessions_by_month={},
            expires=list(terms.expiries(self.settings, at or now)),
            kept=list(_KEPT),
        )
