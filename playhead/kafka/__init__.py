"""Kafka at the edges: topics as they should be, and publishing that knows what was acked."""
