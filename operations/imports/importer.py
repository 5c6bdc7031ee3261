"""Import the progress of a file: a record of each row in the heartbeats topic, and a receipt.

The records are keyed by person, as ingest's are, so that they keep their order with what players send, and
have the ids of their rows. A command that is killed is run again: what was published changes nothing then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from time import monotonic, sleep
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import psycopg
from msgspec import Struct

from operations.imports.rows import ProgressFile, ProgressRow, RefusedRow, read_rows
from operations.status.partitions import StatusSettings, read_partitions
from operations.stores import publish
from playhead.audit_trail import events as audit
from playhead.audit_trail.events import AuditEvent
from playhead.kafka.records import ProducerRecord
from playhead.progress.heartbeat import ContentType
from playhead.progress.identifiers import ContentId, Instant, TenantId
from playhead.progress.imports import ALL_OF_IT
from playhead.resources import read_text
from playhead.retry import Backoff
from playhead.wire.codec import encode
from playhead.wire.heartbeats import HeartbeatRecord
from playhead.wire.keys import person_key
from playhead.wire.topics import Topics

_AT_ONCE = 5_000
"""Records that wait for acknowledgements together."""
_BETWEEN_READS = Backoff(0.2, 2.0)
_ZONE = "SELECT time_zone FROM progress.organisation_settings WHERE tenant_id = %s"
_PEOPLE = read_text("operations.imports", "directory.sql")
_ITEMS = read_text("operations.imports", "items.sql")


class ProgressReceipt(Struct, kw_only=True, rename="camel"):
    """What `playhead import progress` did; what it would do, if `dry_run`."""

    import_id: str
    """Follows from the tenant and the file; the audit trail has it as well."""
    tenant_id: str
    dry_run: bool
    made_at: datetime
    published: int = 0
    """Rows that Kafka has acknowledged; those that would be published, if `dry_run`."""
    people: int = 0
    items: int = 0
    repeated: int = 0
    """Rows that say what an earlier one of the file says."""
    refused: list[RefusedRow] = []
    applied: bool | None = None
    """Whether the processor has applied all of it; None if the command did not wait."""


class _Item(Struct, frozen=True):
    kind: ContentType
    has_parts: bool


@dataclass(frozen=True, slots=True)
class ProgressImport:
    """Imports files into one organisation, over a connection of `stores.postgres`."""

    settings: StatusSettings
    connection: psycopg.Connection
    tenant: TenantId

    def check(self, raw: bytes) -> tuple[ProgressReceipt, list[HeartbeatRecord]]:
        """The receipt of a dry run, and the records that would be published.

        Raises:
            Problem: the file as a whole cannot be read.
        """
        now = datetime.now(UTC)
        found = self.connection.execute(_ZONE, [self.tenant]).fetchone()
        zone = ZoneInfo((found[0] if found else None) or "UTC")
        file = read_rows(raw, self.tenant, zone, now)
        items = self._items(file.rows)
        rows = list(self._known(file, items))
        records = [self._record(row, items[row.content].kind, now) for row in rows]
        return ProgressReceipt(
            import_id=str(uuid5(UUID(self.tenant), sha256(raw).hexdigest())),
            tenant_id=self.tenant,
            dry_run=True,
            made_at=now,
            published=len(rows),
            people=len({row.user for row in rows}),
            items=len({row.content for row in rows}),
            repeated=file.repeated,
            refused=sorted(file.refused, key=lambda each: each.line),
        ), records

    def run(self, raw: bytes) -> ProgressReceipt:
        """Publish a record of each row; returns once Kafka has acknowledged all of them.

        Raises:
            Problem: the file as a whole cannot be read.
            PublishError: some records may not be in the log; import the file again.
        """
        receipt, records = self.check(raw)
        topic = Topics.named(self.settings.kafka_prefix).heartbeats.name
        for first in range(0, len(records), _AT_ONCE):
            publish(
                self.settings,
                "import",
                [
                    ProducerRecord(topic, person_key(each.tenant_id, each.user_id).encode(), encode(each))
                    for each in records[first : first + _AT_ONCE]
                ],
            )
        event = self._event(receipt)
        self.connection.execute(audit.INSERT, audit.row(event))
        audit.log(event)
        receipt.dry_run = False
        receipt.made_at = datetime.now(UTC)
        return receipt

    def _items(self, rows: Sequence[ProgressRow]) -> dict[ContentId, _Item]:
        wanted = {"tenant": self.tenant, "items": sorted({row.content for row in rows})}
        found = self.connection.execute(_ITEMS, wanted).fetchall()
        return {ContentId(content): _Item(kind, has_parts) for content, kind, has_parts in found}

    def _known(self, file: ProgressFile, items: Mapping[ContentId, _Item]) -> Iterator[ProgressRow]:
        """The rows of people and items that are known; the others are noted as refused."""
        wanted: dict[str, Any] = {
            "tenant": self.tenant,
            "users": sorted({row.user for row in file.rows}),
        }
        people = {user for (user,) in self.connection.execute(_PEOPLE, wanted)}
        for row in file.rows:
            item = items.get(row.content)
            if row.user not in people:
                file.refused.append(RefusedRow(row.line, "userId", "is no person of the directory"))
            elif item is None:
                file.refused.append(RefusedRow(row.line, "contentId", "is no item of the directory"))
            elif item.has_parts and row.percentage < ALL_OF_IT:
                reason = "is below 100, of a course whose progress follows from its parts: import those"
                file.refused.append(RefusedRow(row.line, "progressPercentage", reason))
            else:
                yield row

    def _record(self, row: ProgressRow, kind: ContentType, now: datetime) -> HeartbeatRecord:
        return HeartbeatRecord(
            v=2,
            heartbeat_id=row.id,
            tenant_id=self.tenant,
            user_id=row.user,
            content_id=row.content,
            occurred_at=row.at,
            received_at=Instant(round(now.timestamp() * 1000)),
            event="import",
            kind=kind,
            reported_percentage=row.percentage,
            watch_ms=row.watch_ms,
        )

    def _event(self, receipt: ProgressReceipt) -> AuditEvent:
        return AuditEvent(
            at=datetime.now(UTC),
            act="mark",
            target="playhead import progress",
            outcome="done",
            origin=audit.operator(),
            request_id=receipt.import_id,
            tenant=self.tenant,
            rows=receipt.published,
        )


def wait_until_applied(settings: StatusSettings, seconds: float) -> bool:
    """Whether the processor applied, within the time, all that the log has now."""
    ends = {each.partition: each.accepted for each in read_partitions(settings)}
    deadline = monotonic() + seconds
    pauses = _BETWEEN_READS.pauses()
    while True:
        behind = {
            each.partition: each.accepted - each.to_apply
            for each in read_partitions(settings)
            if each.accepted - each.to_apply < ends.get(each.partition, 0)
        }
        left = deadline - monotonic()
        if not behind or left <= 0:
            return not behind
        sleep(min(next(pauses), left))
