"""Kafka: the topics, and publishing that reports what the brokers acknowledged.

`records` and `errors` are what is published and how that fails. `publisher` is the one publisher of all
services; it drives a librdkafka `producer`, judges delivery reports by `delivery_health`, and has the
producer replaced on the evidence that `replacement` collects with `broker_check`. `topics` creates and
compares the topics; `partition_counts` watches that they stay equal, and `repartition_mark` says that their
number is being changed, during which `broker_watch` lets nothing be published. `batches` is what consumers
hand on. Begin with `publisher`.
"""
