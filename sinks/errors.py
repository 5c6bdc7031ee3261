"""Why the sink stops, and why it starts a batch again.

SinkError
├── SchemaMissingError     nobody migrated: the process ends
├── TopicMissingError      the same, for Kafka: the process ends
├── ConsumerFailedError    librdkafka cannot go on: the process ends
├── PositionAheadError     the log is shorter than what was stored of it: the process ends
├── TooManyDeadLettersError  records of many people are refused: nothing is stored, all is tried again later
├── NewerStateError        a newer release wrote it: its partition waits until this sink is upgraded
├── LetterRefusedError     the brokers will never take this dead letter: the process ends
└── TransientError         the same batch may go well later
    ├── StoreOutageError   PostgreSQL is away, or asked for another attempt
    ├── BrokersAwayError   no broker answers
    └── LettersOutageError the brokers did not take a dead letter in time
FencedError                another sink has moved a position: read the positions again
"""

from __future__ import annotations


class SinkError(Exception):
    """The sink cannot go on as it is."""


class SchemaMissingError(SinkError):
    """The tables are not there."""

    def __init__(self) -> None:
        super().__init__("the schema `progress` is not there or not up to date: run `playhead migrate`")


class TopicMissingError(SinkError):
    """The states topic is not there."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"topic {topic} is not there: run `playhead migrate`")


class ConsumerFailedError(SinkError):
    """Kafka's client library has given up."""


class PositionAheadError(SinkError):
    """PostgreSQL has stored more of a partition than the log holds."""

    def __init__(self, topic: str, partition: int, stored: int, end: int) -> None:
        super().__init__(
            f"{topic} [{partition}] ends at {end}, but PostgreSQL has stored it up to {stored}: the topic "
            "was made anew or has lost records. If its heartbeats were kept, delete this partition's row in "
            "progress.positions and restart the sink: it reads the topic again, which changes nothing twice"
        )


class TooManyDeadLettersError(SinkError):
    """Dead letters are for single people's bad records, not for a bad release."""

    def __init__(self, people: int, of_people: int, tenants: int, of_tenants: int, example: str) -> None:
        super().__init__(
            f"records of {people} of the last {of_people} people, of {tenants} of {of_tenants} tenants, "
            "cannot be stored: this looks like a bad release of the processor or the sink. Nothing of this "
            "batch is taken, rather than emptying the topic; see the sink's log, and replace the release"
        )
        self.example = example
        """One of the refusals, in the store's own words: for the log, not for a probe."""


class NewerStateError(SinkError):
    """A state of a schema version that a newer release writes: no bad record, and not to be dead-lettered."""

    def __init__(self, partition: int, offset: int, reason: str) -> None:
        super().__init__(
            f"the state at offset {offset} of partition {partition} is of a newer release ({reason}): "
            "upgrade the sink, which then goes on from there"
        )


class LetterRefusedError(SinkError):
    """The brokers refuse a dead letter for good."""


class TransientError(SinkError):
    """Worth another attempt at the same batch."""


class StoreOutageError(TransientError):
    """PostgreSQL cannot do it now."""


class BrokersAwayError(TransientError):
    """No broker answers now."""


class LettersOutageError(TransientError):
    """Not every dead letter was acknowledged in time."""


class FencedError(Exception):
    """A position is not where this sink left it, so somebody else stores that partition now."""
