"""The mark that a repartition is under way: a topic, whose existence is all that it says.

Every process that can publish heartbeats can see it, whatever becomes of Redis and PostgreSQL, and the
brokers apply changes of topics in order. It has no records. `playhead repartition` creates and deletes it.

While it exists, no heartbeat may be published. A publisher looks for it again and again, and publishes only
for `LOOK_HOLDS_SECONDS` after a look that did not find it; the command waits for as long before it goes on.
"""

from __future__ import annotations

from confluent_kafka import KafkaError, KafkaException, TopicCollection

from playhead.kafka.connection import admin_client
from playhead.kafka.login import Login
from playhead.settings import KafkaSettings
from playhead.wire.topics import repartition_mark

LOOK_HOLDS_SECONDS = 10.0
"""Since a look began. Longer than a broker that is slow or just died keeps a publisher from looking."""
ANSWER_SECONDS = 2.0


class RepartitionMark:
    """Looks for the mark, over a connection that is kept."""

    def __init__(self, settings: KafkaSettings, client_id: str) -> None:
        self._name = repartition_mark(settings.kafka_prefix)
        self._admin = admin_client(settings, client_id)
        self._login = Login(settings)
        self._login.client = self._admin

    def exists(self, timeout_seconds: float = ANSWER_SECONDS) -> bool:
        """Whether a repartition is under way. Blocks; never creates the topic.

        Raises:
            KafkaException: no broker answers.
        """
        wanted = TopicCollection([self._name])
        try:
            answer = self._admin.describe_topics(wanted, request_timeout=timeout_seconds)[self._name]
            answer.result(timeout_seconds + 1)
        except KafkaException as error:
            if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
                return False
            self._login.renew()
            raise
        except TimeoutError as error:
            self._login.renew()
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT)) from error
        return True
