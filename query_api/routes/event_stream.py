"""How the OpenAPI document tells of server-sent events."""

from __future__ import annotations

from typing import Any

from query_api.live.events import event, retry_hint
from query_api.live.stream import RECONNECT_MILLISECONDS


def event_stream(description: str, **examples: bytes) -> dict[str, Any]:
    """An answer of server-sent events; the examples are the data of some, by name."""
    events = (event(name, str(number), data) for number, (name, data) in enumerate(examples.items(), start=1))
    example = b"".join([retry_hint(RECONNECT_MILLISECONDS), *events])
    return {
        "description": description,
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": example.decode()}},
    }
