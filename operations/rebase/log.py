"""The topics and the consumer groups, as a rebase finds them."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic, sleep

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, OffsetSpec

from operations.rebase.findings import NewLogEnds, RebaseError
from operations.stores import REQUEST_SECONDS, describe_topic, kafka_errors, log_offsets
from playhead.kafka.connection import admin_client
from playhead.kafka.repartition_mark import RepartitionMark
from playhead.settings import RebaseSettings
from playhead.wire.topics import Topics, processor_group, repartition_mark, sink_group

_POLL_SECONDS = 0.5
COORDINATED_SECONDS = 30.0
"""For new brokers to make the topic of the groups' offsets, which they do when first asked about a group."""
_UNCOORDINATED = (
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.NOT_COORDINATOR,
)
_ABSENT = (KafkaError.GROUP_ID_NOT_FOUND, KafkaError.INVALID_GROUP_ID)


class RebasedLog:
    """The new log. Methods raise `StoreUnavailableError` if Kafka does not answer, or has no such topic."""

    def __init__(self, settings: RebaseSettings) -> None:
        self._settings = settings
        self._topics = Topics.named(settings.kafka_prefix)
        with kafka_errors(settings):
            self._admin: AdminClient = admin_client(settings, "playhead-rebase")

    def ends(self) -> NewLogEnds:
        """The log ends of heartbeats and states."""
        with kafka_errors(self._settings):
            describe_topic(self._admin, self._topics.dead_letters.name)
            heartbeats, states = (
                self._ends(topic.name) for topic in (self._topics.heartbeats, self._topics.states)
            )
        return NewLogEnds(heartbeats, states)

    def require_at_rest(self, wait_seconds: float = 0.0) -> None:
        """Check that no processor and no sink runs, and that no repartition is under way.

        Waits so long for members of the groups to leave.

        Raises:
            RebaseError: one does, or is.
        """
        mark = repartition_mark(self._settings.kafka_prefix)
        with kafka_errors(self._settings, f"Describe on topic {mark}"):
            if RepartitionMark(self._settings, "playhead-rebase").exists(REQUEST_SECONDS):
                raise RebaseError(
                    "a repartition is under way: run `playhead repartition --abort`, or complete it, and "
                    "then this command again"
                )
        with kafka_errors(self._settings, f"Describe on consumer groups {' and '.join(self._groups)}"):
            deadline = monotonic() + wait_seconds
            while members := [each for group in self._groups for each in self._members(group)]:
                if monotonic() > deadline:
                    break
                sleep(_POLL_SECONDS)
        if members:
            raise RebaseError(
                f"processors or sinks run: {', '.join(members)}. Stop them, and run the command again. One "
                "that was killed is a member for some seconds more, for which --wait 60 waits"
            )

    def forget_groups(self) -> None:
        """Delete the consumer groups, whose committed offsets are of the former log."""
        for group in self._groups:
            with kafka_errors(self._settings, f"Delete on consumer group {group}"):
                try:
                    self._admin.delete_consumer_groups([group], request_timeout=REQUEST_SECONDS)[
                        group
                    ].result()
                except KafkaException as error:
                    if error.args[0].code() not in _ABSENT:
                        raise

    @property
    def _groups(self) -> Sequence[str]:
        prefix = self._settings.kafka_prefix
        return [
            processor_group(prefix),
            *(sink_group(prefix, name) for name in self._settings.databases.named),
        ]

    def _members(self, group: str) -> list[str]:
        deadline = monotonic() + COORDINATED_SECONDS
        while True:
            try:
                found = self._admin.describe_consumer_groups([group], request_timeout=REQUEST_SECONDS)
                members = found[group].result().members
            except KafkaException as error:
                code = error.args[0].code()
                if code in _ABSENT:
                    return []
                if code not in _UNCOORDINATED or monotonic() > deadline:
                    raise
                sleep(_POLL_SECONDS)
            else:
                return [f"{each.client_id} at {each.host.lstrip('/')} in group {group}" for each in members]

    def _ends(self, topic: str) -> dict[int, int]:
        partitions = describe_topic(self._admin, topic).partitions
        return log_offsets(self._admin, topic, partitions, OffsetSpec.latest())
