"""The log that ingest writes: an answer waits until the broker has acknowledged its heartbeats."""

from __future__ import annotations

from collections.abc import Sequence

from ingest import metrics
from playhead.http.shares import Shares
from playhead.identity import Principal
from playhead.kafka.broker_watch import BrokerWatch
from playhead.kafka.errors import BrokerUnavailableError
from playhead.kafka.publisher import Publisher
from playhead.kafka.records import ProducerRecord
from playhead.settings import IngestSettings
from playhead.tracing.context import KafkaHeaders, begin_sending
from playhead.wire.codec import encode
from playhead.wire.heartbeats import HeartbeatRecord
from playhead.wire.keys import person_key
from playhead.wire.topics import Topics


class SavingLog:
    """Publishes heartbeats, within the shares that one person and one organisation may have in flight."""

    def __init__(self, settings: IngestSettings, publisher: Publisher, watch: BrokerWatch) -> None:
        self._publisher = publisher
        self._watch = watch
        self._topic = Topics.named(settings.kafka_prefix).heartbeats.name
        self._shares = Shares(settings.ingest_person_max_in_flight, settings.ingest_tenant_max_in_flight)

    async def publish(self, sender: Principal, heartbeats: Sequence[HeartbeatRecord]) -> None:
        """Publish heartbeats of people of the sender's organisation; returns when all are acknowledged.

        Raises:
            PublishError: they are not; see `Publisher.publish`.
            ShareUsedUpError: too many of the sender are in flight.
        """
        if self._watch.is_away:
            raise BrokerUnavailableError("the broker is away")
        self._watch.require_open()
        self._shares.take(sender, len(heartbeats))
        headers, sent = begin_sending(self._topic, len(heartbeats))
        try:
            await self._publisher.publish([self._record(each, headers) for each in heartbeats])
        finally:
            sent()
            self._shares.give_back(sender, len(heartbeats))
        metrics.ACCEPTED.inc(len(heartbeats))

    def _record(self, heartbeat: HeartbeatRecord, headers: KafkaHeaders) -> ProducerRecord:
        key = person_key(heartbeat.tenant_id, heartbeat.user_id)
        return ProducerRecord(self._topic, key.encode(), encode(heartbeat), None, headers)
