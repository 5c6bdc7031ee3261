from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from prometheus_client import REGISTRY

from playhead.progress.intervals import Intervals
from tests.ingest.client import CONTENT, TENANT, USER, Client, token

pytestmark = [pytest.mark.services, pytest.mark.anyio]

OTHER = "33333333-3333-4333-8333-333333333333"
REQUIREMENT = {
    "contentId": CONTENT,
    "progressPercentage": 75,
    "metadata": {"watchTimeSeconds": 450, "lastPositionSeconds": 450},
}


async def test_what_was_answered_202_is_in_the_log(client: Client) -> None:
    before = time.time() * 1000
    answer = await client.post("/api/progress", REQUIREMENT)
    assert answer.status_code == 202
    (heartbeat,) = client.logged()
    saved = answer.json()
    server_time = saved.pop("serverTime")
    assert re.fullmatch(r"[-\d]{10}T[:\d]{8}\.\d{3}Z", server_time)  # as every other time of the API
    assert datetime.fromisoformat(server_time).timestamp() * 1000 == heartbeat.received_at
    assert saved == {"heartbeatId": heartbeat.heartbeat_id, "accepted": 1, "adjusted": []}
    assert (heartbeat.tenant_id, heartbeat.user_id, heartbeat.content_id) == (TENANT, USER, CONTENT)
    assert (heartbeat.reported_percentage, heartbeat.watch_ms, heartbeat.position_ms) == (
        75,
        450_000,
        450_000,
    )
    assert before - 1 <= heartbeat.received_at <= time.time() * 1000


async def test_a_retry_keeps_its_id(client: Client) -> None:
    body = REQUIREMENT | {"heartbeatId": "7D3B7A52-93C0-4F6C-8F0E-1F6A54A2A00C"}
    for _ in range(2):
        answer = await client.post("/api/progress", body)
        assert answer.json()["heartbeatId"] == "7d3b7a52-93c0-4f6c-8f0e-1f6a54a2a00c"


async def test_a_batch_accepts_the_good_and_names_the_bad(client: Client) -> None:
    segments = {"watchedSegments": [[0, 1], [9, 8]]}
    heartbeats = [
        {"contentId": CONTENT, "sequence": 1},
        {"contentId": "x"},
        {"contentId": CONTENT, "sequence": 2, "metadata": {"watchedSegments": [[0, 1]]}},
        7,
        {"contentId": CONTENT, "metadata": segments},
        {},
    ]
    answer = await client.post("/api/progress/batch", {"heartbeats": heartbeats})
    assert answer.status_code == 202
    saved = answer.json()
    assert saved.pop("serverTime")
    assert saved == {
        "adjusted": [],
        "accepted": 2,
        "rejected": [
            {"index": 1, "reason": "Invalid UUID", "field": "contentId"},
            {"index": 3, "reason": "Expected `object`, got `int`"},
            {
                "index": 4,
                "reason": "starts at 9 and ends before, at 8",
                "field": "metadata.watchedSegments[1]",
            },
            {"index": 5, "reason": "is required", "field": "contentId"},
        ],
    }
    first, second = client.logged()
    assert (first.sequence, second.sequence, second.watched) == (1, 2, Intervals((0, 1_000)))


async def test_a_batch_has_a_limit_and_may_be_empty(client: Client) -> None:
    full = [{"contentId": CONTENT}] * 500
    assert (await client.post("/api/progress/batch", {"heartbeats": full})).json()["accepted"] == 500
    over = await client.post("/api/progress/batch", {"heartbeats": [*full, {"contentId": CONTENT}]})
    assert (over.status_code, over.json()["errors"][0]["field"]) == (422, "heartbeats")
    empty = await client.post("/api/progress/batch", {"heartbeats": []})
    assert (empty.status_code, empty.json()["accepted"], empty.json()["rejected"]) == (202, 0, [])
    assert len(client.logged()) == 500


async def test_an_item_is_marked_and_reopened_by_hand(client: Client) -> None:
    path = f"/api/progress/{CONTENT.upper()}/completion"
    headers = {"Authorization": f"Bearer {token()}"}
    marked = await client.http.post(path, headers=headers)
    reopened = await client.http.delete(path, headers=headers)
    assert (marked.status_code, reopened.status_code) == (202, 202)
    complete, reopen = client.logged()
    assert (complete.event, reopen.event) == ("complete", "reopen")
    assert complete.content_id == reopen.content_id == CONTENT
    wrong = await client.http.post("/api/progress/7/completion", headers=headers)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "contentId")


async def test_a_beacon_brings_its_token_in_the_body(client: Client) -> None:
    body = json.dumps(REQUIREMENT | {"token": token()})
    for headers in ({"Content-Type": "text/plain;charset=UTF-8"}, {}):
        assert (await client.http.post("/api/progress", content=body, headers=headers)).status_code == 202
    batch = json.dumps({"token": token(), "heartbeats": [REQUIREMENT]})
    beacon = {"Content-Type": "text/plain"}
    assert (await client.http.post("/api/progress/batch", content=batch, headers=beacon)).status_code == 202
    assert [heartbeat.user_id for heartbeat in client.logged()] == [USER] * 3


async def test_json_may_not_bring_its_token_in_the_body(client: Client) -> None:
    body = json.dumps(REQUIREMENT | {"token": token()})
    answer = await client.http.post(
        "/api/progress", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 401


async def test_identity_is_the_tokens_whatever_the_body_says(client: Client) -> None:
    await client.post("/api/progress", REQUIREMENT | {"userId": OTHER, "tenantId": OTHER})
    (heartbeat,) = client.logged()
    assert (heartbeat.tenant_id, heartbeat.user_id) == (TENANT, USER)


@pytest.mark.parametrize("path", ["", "/batch", f"/{CONTENT}/completion"])
async def test_two_authorization_headers_are_a_401(client: Client, path: str) -> None:
    sent = [("Authorization", f"Bearer {token()}")] * 2
    answer = await client.http.post(f"/api/progress{path}", json=REQUIREMENT, headers=sent)
    assert answer.status_code == 401
    assert "several Authorization headers" in answer.json()["detail"]
    assert client.logged() == []


@pytest.mark.parametrize("authorization", ["", "Basic x", "Bearer x.y.z"])
async def test_an_unknown_speaker_is_challenged(client: Client, authorization: str) -> None:
    answer = await client.post("/api/progress", REQUIREMENT, Authorization=authorization)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('Bearer realm="playhead"')
    assert client.logged() == []


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"\xff", {}, 400),
        (b"{}", {}, 422),
        (b"{}", {"Content_Type": "application/x-www-form-urlencoded"}, 415),
        (b"{}", {"Content_Encoding": "gzip"}, 415),
        (b" " * 65_537, {}, 413),
    ],
)
async def test_refusals_are_problems(
    client: Client, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await client.post("/api/progress", body, **headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_the_largest_beacon_fits_and_one_byte_more_does_not(client: Client) -> None:
    body = json.dumps(REQUIREMENT).encode()
    assert (await client.post("/api/progress", body.ljust(65_536))).status_code == 202
    assert (await client.post("/api/progress", body.ljust(65_537))).status_code == 413


async def test_a_body_that_does_not_tell_its_length_is_cut_off_while_it_streams(client: Client) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 8_192
            yield b" " * 8_192

    headers = {"Authorization": f"Bearer {token()}", "Content-Type": "application/json"}
    answer = await client.http.post("/api/progress", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert sent <= 65_536 + 2 * 8_192


async def test_a_person_who_sends_too_fast_must_wait_and_others_need_not(client: Client) -> None:
    statuses = [(await client.post("/api/progress", b"")).status_code for _ in range(110)]
    assert statuses[:100] == [400] * 100
    assert statuses[-1] == 429
    refused = await client.post("/api/progress", b"")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 10
    assert (await client.post("/api/progress", REQUIREMENT, user=OTHER)).status_code == 202


async def test_routes_that_are_not_there_are_problems(client: Client) -> None:
    assert (await client.http.get("/api/progress")).status_code == 405
    missing = await client.http.post("/api/nothing")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")


async def test_players_on_allowed_origins_may_save(client: Client) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    yes = await client.http.options("/api/progress", headers={"Origin": "https://player.example"} | asked)
    assert yes.headers["access-control-allow-origin"] == "https://player.example"
    no = await client.http.options("/api/progress", headers={"Origin": "https://other.example"} | asked)
    assert "access-control-allow-origin" not in no.headers


async def test_health_and_metrics(client: Client) -> None:
    assert (await client.http.get("/healthz")).text == "ok\n"
    assert (await client.until_ready()).text == "ready\n"

    def counted(name: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(name, labels) or 0.0

    accepted = counted("playhead_ingest_accepted_total")
    invalid = counted("playhead_ingest_rejected_total", reason="invalid")
    timed = counted("playhead_ingest_save_seconds_count")
    await client.post("/api/progress/batch", {"heartbeats": [REQUIREMENT, REQUIREMENT, {}]})
    assert counted("playhead_ingest_accepted_total") == accepted + 2
    assert counted("playhead_ingest_rejected_total", reason="invalid") == invalid + 1
    assert counted("playhead_ingest_save_seconds_count") == timed + 1
    scraped = await client.http.get("/metrics")
    assert "playhead_ingest_in_flight 0.0" in scraped.text
    client.ingest.drain()
    assert (await client.until_ready(503)).text == "draining\n"
