"""What every erasure has in common: its audit event, when the log expires, and when it may be lifted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from operations.archive.retention import RetentionError
from operations.erase.receipt import Receipt, ReceiptNote, TopicExpiry
from operations.erase.subject import Erasable, Subject
from playhead.audit_trail import events as audit
from playhead.audit_trail.events import Act, AuditEvent
from playhead.kafka.topics import longest_retention_ms
from playhead.settings import KafkaSettings
from playhead.wire.topics import Topics

IN_REDIS, IN_KAFKA = "what Redis holds", "tombstones for the states in Kafka"
BACKUPS = ReceiptNote(
    "backups that were taken before", "nothing here reaches them: erase again where one is restored"
)


def audit_event(subject: Erasable, act: Act) -> AuditEvent:
    """The event of an erasure, or of its lifting."""
    return AuditEvent(
        at=datetime.now(UTC),
        act=act,
        target="playhead erase" if isinstance(subject, Subject) else "playhead erase organisation",
        outcome="done",
        origin=audit.operator(),
        request_id=uuid4().hex,
        tenant=subject.tenant,
        subject=subject.user if isinstance(subject, Subject) else None,
    )


def expiries(settings: KafkaSettings, at: datetime) -> Iterator[TopicExpiry]:
    """When each topic no longer holds any record of before."""
    topics = Topics.named(settings.kafka_prefix)
    for name, ms in longest_retention_ms(settings, topics.all).items():
        yield TopicExpiry(name, None if ms is None else at + timedelta(milliseconds=ms))


def refuse_early(settings: KafkaSettings, at: datetime) -> None:
    """Refuse to lift an erasure of this time while the log may hold heartbeats from before it.

    Raises:
        RetentionError: it may.
    """
    until = next(expiries(settings, at)).until
    if until is None or datetime.now(UTC) < until:
        raise RetentionError(
            f"erased at {at:%Y-%m-%d %H:%M} UTC; heartbeats from before may be in the log "
            f"{'for ever' if until is None else f'until {until:%Y-%m-%d %H:%M} UTC'}, and would count "
            "again were it read again: wait, or --force"
        )


def open_what_is_left(receipt: Receipt) -> None:
    """Note as open every store that still held something when it was read back."""
    receipt.open += [
        ReceiptNote(f"what {store} holds", f"{left} still there when it was read back")
        for store, left in receipt.verified.items()
        if left
    ]
