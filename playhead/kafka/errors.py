"""Why records were not published.

PublishError
├── BrokerUnavailableError   no ack in time: publish again later; the records may or may not be in the log
├── QueueFullError           too many records await their ack: nothing was sent, publish again later
├── RecordRefusedError       this record can never be written, however often it is published
└── PublisherFailedError     the producer cannot be repaired: the process must exit and be restarted
"""

from __future__ import annotations

from playhead.kafka.records import ProducerRecord


class PublishError(Exception):
    """Not every record was acknowledged."""


class BrokerUnavailableError(PublishError):
    """The broker did not acknowledge in time, or answered that it cannot at the moment."""


class RepartitioningError(PublishError):
    """The topics are given more partitions: nothing is published until that is over."""

    def __init__(self) -> None:
        super().__init__("a repartition is under way (`playhead repartition`)")


class QueueFullError(PublishError):
    """More records are in flight than allowed. Nothing of this call was sent."""


class RecordRefusedError(PublishError):
    """A record that can never be written, such as one too large for its topic."""

    def __init__(self, record: ProducerRecord, reason: str) -> None:
        super().__init__(f"{record.topic}: {reason}")
        self.record = record


class PublisherFailedError(PublishError):
    """librdkafka gave up on the producer; see `Publisher.failed`."""
