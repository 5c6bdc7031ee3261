"""The schemas that others read say what the codecs accept, and the committed document is current."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import msgspec
import pytest
from hypothesis import given

from playhead.progress import Heartbeat
from playhead.wire.asyncapi import document
from playhead.wire.codec import encode
from playhead.wire.heartbeats import HeartbeatRecord
from playhead.wire.schemas import RECORDS, schema_of
from playhead.wire.topics import Topics
from tests.playhead.progress.strategies import heartbeats

COMMITTED = Path(__file__).parents[3] / "docs" / "asyncapi.json"
_heartbeat_schema = jsonschema.Draft202012Validator(schema_of(HeartbeatRecord))


@pytest.mark.parametrize("record", RECORDS)
def test_every_schema_is_one(record: type) -> None:
    jsonschema.Draft202012Validator.check_schema(schema_of(record))


@given(heartbeats())
def test_what_is_written_fits_its_schema(heartbeat: Heartbeat) -> None:
    record = HeartbeatRecord(v=1, **msgspec.structs.asdict(heartbeat))
    _heartbeat_schema.validate(json.loads(encode(record)))


def test_every_reference_in_the_document_leads_somewhere() -> None:
    whole = document()

    def follow(node: object) -> None:
        match node:
            case {"$ref": str(path)}:
                target = whole
                for part in path.removeprefix("#/").split("/"):
                    target = target[part]
            case dict():
                for child in node.values():
                    follow(child)
            case list():
                for child in node:
                    follow(child)

    follow(whole)
    assert {channel["address"] for channel in whole["channels"].values()} == {
        topic.name for topic in Topics.named().all
    }


def test_the_committed_document_is_current() -> None:
    """`python -m playhead.wire` writes it."""
    assert json.loads(COMMITTED.read_text()) == document()
