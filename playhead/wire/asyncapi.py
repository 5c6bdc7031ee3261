"""The AsyncAPI 3 document of the topics, generated from the types and settings here."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from playhead.wire.dead_letters import REASONS
from playhead.wire.schemas import schemas
from playhead.wire.topics import Topic, Topics


def document(prefix: str = "") -> dict[str, Any]:
    """The document for the topics with this prefix."""
    topics = Topics.named(prefix)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Playhead's log",
            "version": version("playhead"),
            "description": "Heartbeats in, states out. Instants are milliseconds since the Unix epoch, "
            "UTC; spans of media are milliseconds; intervals are their boundaries in increasing order.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {
            "heartbeats": _channel(
                topics.heartbeats, "What players said, by person.", "Heartbeat", ("tenant", "user")
            ),
            "states": _channel(
                topics.states,
                "A person's progress with an item each time it changed, in the partition number of its "
                "heartbeats; and checkpoints, which say how far a partition has come.",
                "State",
                ("tenant", "user", "content"),
            )
            | {
                "messages": {"State": _ref("messages", "State"), "Checkpoint": _ref("messages", "Checkpoint")}
            },
            "deadLetters": _channel(
                topics.dead_letters,
                "Records that cannot be read or are refused, untouched.",
                "DeadLetter",
                (),
            ),
        },
        "operations": {
            "publishHeartbeats": _operation("send", "heartbeats", "Ingest, once a request is checked."),
            "applyHeartbeats": _operation("receive", "heartbeats", "The stream processor."),
            "publishStates": _operation("send", "states", "The stream processor."),
            "storeStates": _operation("receive", "states", "The Postgres sink."),
            "publishDeadLetters": _operation("send", "deadLetters", "The stream processor and the sink."),
        },
        "components": {"messages": _messages(), "schemas": schemas()},
    }


def _ref(part: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{part}/{name}"}


def _channel(topic: Topic, description: str, message: str, key: tuple[str, ...]) -> dict[str, Any]:
    keyed_by = f" Keyed by `{':'.join(key)}`." if key else ""
    return {
        "address": topic.name,
        "description": description + keyed_by,
        "messages": {message: _ref("messages", message)},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "topicConfiguration": {
                    "cleanup.policy": [topic.config["cleanup.policy"]],
                    **(
                        {"retention.ms": int(topic.config["retention.ms"])}
                        if "retention.ms" in topic.config
                        else {}
                    ),
                },
                "bindingVersion": "0.5.0",
            }
        },
    }


def _operation(action: str, channel: str, summary: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "summary": summary}


def _messages() -> dict[str, Any]:
    header_names = ("source-topic", "source-partition", "source-offset", "detail")
    return {
        "Heartbeat": {
            "summary": "One message from one player.",
            "payload": _ref("schemas", "HeartbeatRecord"),
            "bindings": {"kafka": {"key": {"type": "string", "description": "tenant:user"}}},
        },
        "State": {
            "summary": "Progress with one item, and its summary.",
            "payload": _ref("schemas", "State"),
            "bindings": {"kafka": {"key": {"type": "string", "description": "tenant:user:content"}}},
        },
        "Checkpoint": {
            "summary": "Everything of the heartbeats before `nextOffset` stands before this record.",
            "payload": _ref("schemas", "Checkpoint"),
            "bindings": {"kafka": {"key": {"type": "string", "description": "@:partition"}}},
        },
        "DeadLetter": {
            "summary": "The source record's key and value, with headers that say why it is here.",
            "headers": {
                "type": "object",
                "required": [*header_names, "reason"],
                "properties": {
                    **{name: {"type": "string"} for name in header_names},
                    "reason": {"type": "string", "enum": list(REASONS)},
                },
            },
            "payload": {"description": "Whatever it was."},
        },
    }
