"""What a request says of its clock, and what the answer says of the times that moved."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.ingest.client import CONTENT, Client, token

pytestmark = [pytest.mark.services, pytest.mark.anyio]

DAY = 86_400


def ago(seconds: float, **more: Any) -> dict[str, Any]:
    """A heartbeat of so many seconds ago, by an exact clock."""
    moment = datetime.fromtimestamp(time.time() - seconds, UTC)
    return {"contentId": CONTENT, "occurredAt": moment.isoformat(timespec="milliseconds"), **more}


async def test_a_slow_clock_that_is_stated_moves_all_times_of_a_batch(client: Client) -> None:
    heartbeats = [ago(600 + age) for age in (20, 10, 0)]
    body = {"clockOffsetSeconds": -600, "heartbeats": [*heartbeats, {"contentId": "x"}]}
    answer = (await client.post("/api/progress/batch", body)).json()
    assert answer["adjusted"] == [
        {"field": "occurredAt", "seconds": 600, "reason": "clockOffset", "index": index} for index in range(3)
    ]
    ages = [each.received_at - each.occurred_at for each in client.logged()]
    assert ages == sorted(ages, reverse=True)
    assert all(0 <= age - due < 5_000 for age, due in zip(ages, (20_000, 10_000, 0), strict=True))
    assert {each.adjusted_ms for each in client.logged()} == {600_000}


async def test_a_batch_from_three_days_ahead_moves_back_as_a_whole(client: Client) -> None:
    ahead = [ago(age - 3 * DAY) for age in (590, 300, 0)]
    answer = (await client.post("/api/progress/batch", {"heartbeats": ahead})).json()
    assert {each["reason"] for each in answer["adjusted"]} == {"ahead"}
    ages = [each.received_at - each.occurred_at for each in client.logged()]
    assert ages[-1] == 0
    assert all(abs(age - due) < 1_000 for age, due in zip(ages, (590_000, 300_000, 0), strict=True))


async def test_an_invalid_heartbeat_has_no_say_in_the_correction(client: Client) -> None:
    backwards = ago(-DAY, metadata={"watchedSegments": [[9, 8]]})
    answer = (await client.post("/api/progress/batch", {"heartbeats": [ago(10), backwards]})).json()
    assert (answer["accepted"], answer["adjusted"]) == (1, [])


async def test_the_time_of_sending_corrects_a_beacon(client: Client) -> None:
    sent = ago(-3 * DAY)["occurredAt"]
    body = ago(10 - 3 * DAY) | {"sentAt": sent, "token": token()}
    beacon = {"Content-Type": "text/plain"}
    answer = await client.http.post("/api/progress", content=json.dumps(body), headers=beacon)
    (moved,) = answer.json()["adjusted"]
    assert (moved["field"], moved["reason"], round(moved["seconds"])) == ("occurredAt", "sentAt", -3 * DAY)
    (heartbeat,) = client.logged()
    assert abs(heartbeat.received_at - heartbeat.occurred_at - 10_000) < 1_000


async def test_a_completion_of_2024_by_a_player_is_said_to_be_adjusted(client: Client) -> None:
    body = {"contentId": CONTENT, "event": "complete", "occurredAt": "2024-05-01T12:00:00Z"}
    answer = (await client.post("/api/progress", body)).json()
    (moved,) = answer["adjusted"]
    assert moved["reason"] == "behind"
    (heartbeat,) = client.logged()
    assert heartbeat.occurred_at == heartbeat.received_at
    assert heartbeat.adjusted_ms == round(moved["seconds"] * 1000) > 365 * DAY * 1000


async def test_a_mark_carries_the_servers_time(client: Client) -> None:
    headers = {"Authorization": f"Bearer {token()}"}
    answer = (await client.http.post(f"/api/progress/{CONTENT}/completion", headers=headers)).json()
    (mark,) = client.logged()
    assert datetime.fromisoformat(answer["serverTime"]).timestamp() * 1000 == mark.occurred_at
    assert answer["adjusted"] == []


@pytest.mark.parametrize("path", ["/api/progress", "/api/progress/batch"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("clockOffsetSeconds", 1e10),
        ("clockOffsetSeconds", -1e10),
        ("clockOffsetSeconds", "NaN"),
        ("sentAt", "yesterday"),
        ("sentAt", "2026-11-22T10:00:00"),
    ],
)
async def test_what_no_clock_shows_is_refused(client: Client, path: str, field: str, value: object) -> None:
    heartbeats = {"heartbeats": [ago(0)]} if "batch" in path else ago(0)
    answer = await client.post(path, heartbeats | {field: value})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
