"""Why the sink stops, and why it tries a batch again.

SinkError
├── SchemaMissingError       the schema is not up to date: the process ends
├── TopicMissingError        the states topic does not exist: the process ends
├── ConsumerFailedError      librdkafka cannot go on: the process ends
├── PositionAheadError       the log is shorter than what is stored of it: the process ends
├── DeadLetterRefusedError   the brokers will never accept this dead letter: the process ends
├── TooManyDeadLettersError  records of many people are refused: the sink stores nothing, and retries later
├── NewerStateError          a newer release wrote it: its partition waits until this sink is upgraded
└── SinkOutageError          the same batch may succeed later
    ├── StoreOutageError     PostgreSQL is away, or asks for another attempt
    ├── BrokersAwayError     no broker answers
    ├── LettersOutageError   the brokers did not acknowledge a dead letter in time
    └── ActsOutageError      the brokers did not acknowledge an act of the service in time
FencedError                  another sink has moved a position: read the positions again
"""

from __future__ import annotations


class SinkError(Exception):
    """The sink cannot go on as it is."""


class SchemaMissingError(SinkError):
    """A migration that this release needs has not been run."""


class TopicMissingError(SinkError):
    """The states topic does not exist."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"topic {topic} is not there: run `playhead migrate`")


class ConsumerFailedError(SinkError):
    """Kafka's client library has given up."""


class PositionAheadError(SinkError):
    """PostgreSQL has stored more of a partition than the log holds."""

    def __init__(self, topic: str, partition: int, stored: int, end: int) -> None:
        super().__init__(
            f"{topic} [{partition}] ends at {end}, but PostgreSQL has stored it up to {stored}: the topic "
            "was recreated, or the broker restored from a backup. Stop processors and sinks, and run "
            "`playhead rebase`"
        )


class TooManyDeadLettersError(SinkError):
    """Dead letters are for bad records of single people, not for a bad release."""

    def __init__(self, people: int, of_people: int, tenants: int, of_tenants: int, example: str) -> None:
        super().__init__(
            f"records of {people} of the last {of_people} people, of {tenants} of {of_tenants} tenants, "
            "cannot be stored: this looks like a bad release of the processor or the sink. Nothing of this "
            "batch is taken, rather than emptying the topic; see the sink's log, and replace the release"
        )
        self.example = example
        """One of the refusals, in PostgreSQL's words: for the log, not for a probe."""


class NewerStateError(SinkError):
    """A state of a schema version that a newer release writes; it is no bad record and no dead letter."""

    def __init__(self, partition: int, offset: int, reason: str) -> None:
        super().__init__(
            f"the state at offset {offset} of partition {partition} is of a newer release ({reason}): "
            "upgrade the sink, which then goes on from there"
        )


class DeadLetterRefusedError(SinkError):
    """The brokers refuse a dead letter permanently."""


class SinkOutageError(SinkError):
    """The same batch is worth another attempt; subclass names are labels of `playhead_sink_retries`."""


class StoreOutageError(SinkOutageError):
    """PostgreSQL is temporarily unavailable."""


class BrokersAwayError(SinkOutageError):
    """No broker answers."""


class ActsOutageError(SinkOutageError):
    """The brokers did not acknowledge acts of the service in time."""


class LettersOutageError(SinkOutageError):
    """Not every dead letter was acknowledged in time."""


class FencedError(Exception):
    """A position is not where this sink left it: another sink stores that partition now."""
