"""The JSON Schema of every record, generated from the type that decodes it."""

from __future__ import annotations

from typing import Any

import msgspec

from playhead.progress.progress import Progress
from playhead.wire.heartbeats import HeartbeatRecord
from playhead.wire.live import LiveChange
from playhead.wire.states import Checkpoint, State

RECORDS = (HeartbeatRecord, State, Checkpoint, LiveChange)
_AT = "#/components/schemas/"


def schemas() -> dict[str, dict[str, Any]]:
    """Names and JSON Schemas (draft 2020-12), with references to `#/components/schemas/`."""
    _, components = msgspec.json.schema_components((*RECORDS, Progress), ref_template=_AT + "{name}")
    found = _renamed(components)
    for name in ("State", "LiveChange"):
        # Readers keep the progress as bytes, which msgspec describes as any value.
        found[name]["properties"]["progress"] = {"$ref": f"{_AT}Progress"}
    return dict(sorted(_in_order(found).items()))


def _renamed(components: dict[str, Any]) -> dict[str, Any]:
    """The components under their published names, which consumers of the document may refer to."""
    document = msgspec.json.encode(components).replace(b"CompactedSessions", b"Folded")
    renamed: dict[str, Any] = msgspec.json.decode(document)
    return renamed


def _in_order(schema: Any) -> Any:
    """The schema as JSON values, with sorted choices: msgspec lists those of a Literal in any order."""
    match schema:
        case {"enum": list(choices)}:
            return schema | {"enum": sorted(choices)}
        case dict():
            return {name: _in_order(part) for name, part in schema.items()}
        case list() | tuple():
            return [_in_order(part) for part in schema]
    return schema


def schema_of(record: type) -> dict[str, Any]:
    """The self-contained JSON Schema of one record, with what it refers to under `$defs`."""
    everything = msgspec.json.encode(schemas()).replace(_AT.encode(), b"#/$defs/")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": f"#/$defs/{record.__name__}",
        "$defs": msgspec.json.decode(everything),
    }
