"""Reading a topic whole, for tests."""

from __future__ import annotations

import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

READ_SECONDS = 30.0


def read_topic(servers: str, topic: str) -> list[Message]:
    """Every record that the topic holds now, each partition's in its order."""
    consumer = Consumer(
        {"bootstrap.servers": servers, "group.id": "test-reader", "enable.auto.commit": False, "log_level": 0}
    )
    try:
        metadata = consumer.list_topics(topic, timeout=READ_SECONDS).topics[topic]
        partitions = [TopicPartition(topic, number, OFFSET_BEGINNING) for number in metadata.partitions]
        deadline = time.monotonic() + READ_SECONDS
        wanted = sum(_end(consumer, partition, deadline) for partition in partitions)
        consumer.assign(partitions)
        records: list[Message] = []
        while len(records) < wanted:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{topic}: read {len(records)} of {wanted} records")
            records += consumer.consume(min(10_000, wanted - len(records)), timeout=0.5)
    finally:
        consumer.close()
    return records


def _end(consumer: Consumer, partition: TopicPartition, deadline: float) -> int:
    while True:
        try:
            end: int = consumer.get_watermark_offsets(partition, READ_SECONDS)[1]
        except KafkaException as error:
            # A leader is elected before it knows of it.
            waits = error.args[0].code() == KafkaError.NOT_LEADER_FOR_PARTITION
            if not waits or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return end
