"""Dead letters for operators: finding them, reading them, and sending them to where they came from.

Pure: `letters`. At the edges: `topic` (Kafka in), `stored` (PostgreSQL), `redrive` (Kafka out).
"""
