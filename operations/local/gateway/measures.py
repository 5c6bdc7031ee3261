from __future__ import annotations

from prometheus_client import Counter

REQUESTS = Counter(
    "playhead_gateway_requests_total", "Requests answered, by the service asked.", ["upstream", "status"]
)
