"""The OpenAPI document and the running service hold each other to their word."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection

from ingest.bodies import decode_batch_body, decode_save_body
from playhead.settings import KafkaSettings
from tests.ingest.client import token
from tests.ingest.process import IngestProcess, running_ingest

SAVING = [
    ("/api/progress", "post"),
    ("/api/progress/batch", "post"),
    ("/api/progress/{contentId}/completion", "post"),
    ("/api/progress/{contentId}/completion", "delete"),
    ("/api/progress/{contentId}/attempts", "post"),
]
pytestmark = pytest.mark.services


@pytest.fixture
def ingest(fresh_topics: KafkaSettings) -> Iterator[IngestProcess]:
    # Every operation is tried without a token and with a bad one, all from one address.
    with running_ingest(
        fresh_topics, ingest_ack_timeout_seconds="30", token_failures_burst="1000000"
    ) as ingest:
        yield ingest


def holds_whole_float(value: object) -> bool:
    """Whether there is a `2.0`: for JSON Schema an integer, for msgspec, and so for this service, a float."""
    match value:
        case float():
            return value.is_integer()
        case dict():
            return any(map(holds_whole_float, value.values()))
        case list():
            return any(map(holds_whole_float, value))
        case _:
            return False


def runs_backwards(body: object) -> bool:
    """Whether a segment ends before it starts, which no schema can rule out, and which is refused."""
    match body:
        case {"metadata": {"watchedSegments": [*segments]}}:
            pairs = [each for each in segments if isinstance(each, list) and len(each) == 2]
            numbers = [pair for pair in pairs if all(isinstance(end, int | float) for end in pair)]
            return any(start > end for start, end in numbers)
    return False


def conforms(cases: SearchStrategy[Case[Any]], excluded: list[Any]) -> None:
    headers = {"Authorization": f"Bearer {token()}"}

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(cases)
    def check(case: Case[Any]) -> None:
        assume(not holds_whole_float(case.body))
        assume(not runs_backwards(case.body))
        case.call_and_validate(headers=headers, excluded_checks=excluded)

    check()


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_as_documented(ingest: IngestProcess, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_url(f"{ingest.url}/openapi.json")
    operations = [schema[path][method] for path, method in SAVING]
    for operation in operations:
        # A batch is judged by item: bad ones are rejected within a 202.
        excluded = [negative_data_rejection] if "batch" in operation.path else []
        conforms(operation.as_strategy(generation_mode=mode), excluded)


def test_the_documented_examples_are_accepted(ingest: IngestProcess) -> None:
    document = httpx.get(f"{ingest.url}/openapi.json").json()
    decoders: dict[str, Callable[[bytes], object]] = {
        "/api/progress": decode_save_body,
        "/api/progress/batch": decode_batch_body,
    }
    for path, decode in decoders.items():
        content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        for example in content["examples"].values():
            decode(json.dumps(example["value"]).encode())
            headers = {"Authorization": f"Bearer {token()}"}
            answer = httpx.post(f"{ingest.url}{path}", json=example["value"], headers=headers)
            assert answer.status_code == 202
            assert answer.json().get("rejected", []) == []
