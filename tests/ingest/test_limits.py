"""What one person and one organisation may have of what all share."""

from __future__ import annotations

import anyio
import pytest
from pydantic import ValidationError

from playhead.rate import Buckets
from playhead.settings import IngestSettings
from tests.ingest.client import CONTENT, Client

OTHER = "33333333-3333-4333-8333-333333333333"
FULL = {"heartbeats": [{"contentId": CONTENT}] * 500}


def test_a_cost_takes_as_many_tokens_or_none() -> None:
    buckets = Buckets(rate=50.0, burst=2_000)
    assert [buckets.take("a", 0.0, 500) for _ in range(4)] == [0.0] * 4
    assert buckets.take("a", 0.0, 500) == pytest.approx(10.0)
    assert buckets.take("a", 0.0, 1) == pytest.approx(1 / 50)
    assert buckets.take("a", 10.0, 500) == 0.0
    assert buckets.take("b", 0.0, 2_000) == 0.0


@pytest.mark.parametrize("name", ["heartbeats_burst", "person_max_in_flight", "tenant_max_in_flight"])
def test_a_limit_that_no_full_batch_would_pass_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=f"PLAYHEAD_INGEST_{name.upper()}"):
        IngestSettings(environment="development", **{f"ingest_{name}": 499})


@pytest.mark.services
@pytest.mark.anyio
async def test_a_batch_costs_its_heartbeats_and_another_person_saves_meanwhile(client: Client) -> None:
    """One request a second with 500 heartbeats each was within every limit."""
    for _ in range(4):
        assert (await client.post("/api/progress/batch", FULL)).status_code == 202
    refused = await client.post("/api/progress/batch", FULL)
    assert refused.status_code == 429
    assert refused.json()["type"] == "urn:playhead:problem:too-many-requests"
    assert "too many heartbeats of one person" in refused.json()["detail"]
    assert 490 <= int(refused.headers["retry-after"]) <= 500
    assert (await client.post("/api/progress", {"contentId": CONTENT}, user=OTHER)).status_code == 202
    assert len(client.logged()) == 2_001


@pytest.mark.services
@pytest.mark.anyio
async def test_one_persons_share_in_flight_leaves_room_for_another(client: Client) -> None:
    answers: list[int] = []

    async def send() -> None:
        answer = await client.post("/api/progress/batch", FULL)
        answers.append(answer.status_code)
        assert answer.status_code == 202 or "one person may have 1,000" in answer.json()["detail"]

    async with anyio.create_task_group() as group:
        for _ in range(4):  # within the rate, all before the first ack
            group.start_soon(send)
        answer = await client.post("/api/progress", {"contentId": CONTENT}, user=OTHER)
    assert answer.status_code == 202
    assert sorted(answers) == [202, 202, 429, 429]


@pytest.mark.services
@pytest.mark.anyio
async def test_an_address_without_a_good_token_waits_and_good_tokens_from_there_pass(client: Client) -> None:
    beacon = {"content": b'{"token":"nonsense"}', "headers": {"Content-Type": "text/plain"}}
    answers = [await client.http.post("/api/progress", **beacon) for _ in range(4)]  # type: ignore[arg-type]  # by name
    assert [each.status_code for each in answers] == [401] * 3 + [429]
    assert 90 <= int(answers[-1].headers["retry-after"]) <= 100
    marking = await client.http.post(f"/api/progress/{CONTENT}/completion")
    assert marking.status_code == 429
    assert (await client.post("/api/progress", {"contentId": CONTENT})).status_code == 202
