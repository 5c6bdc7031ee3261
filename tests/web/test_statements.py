"""Statements of other systems, by their own clients, through the gateway to what the API shows."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from tincan import Activity, Agent, RemoteLRS, StatementList, Verb, Version
from tincan import Statement as TinCanStatement

from ingest.xapi import vocabulary as xapi
from playhead.identity.subjects import stable_id
from playhead.progress.identifiers import TenantId
from tests.ingest.xapi.statements import open_edx, statement
from tests.web.conftest import Devices
from tests.web.house import House, an_id
from tests.web.player import Player
from tests.web.test_players import same


def test_open_edx_sends_what_was_watched_by_its_own_client_in_any_order(house: House) -> None:
    ada, block = house.person("Ada"), an_id().replace("-", "")
    activity = f"https://lms.example/xblock/block-v1:demo+DemoX+run+type@video+block@{block}"
    made = open_edx(noon=datetime.now(UTC) - timedelta(minutes=10))
    for each in made:
        each["object"]["id"] = activity
        each["actor"]["account"]["name"] = ada.user_id
    random.Random(3).shuffle(made)
    key = house.key("Open edX", "write", "read")
    lrs = RemoteLRS(version=Version.latest, endpoint=f"{house.url}/xAPI/", auth=f"Bearer {key}")
    assert "1.0.3" in lrs.about().content.version
    batch = lrs.save_statements(StatementList([TinCanStatement(each) for each in made[:3]]))
    assert batch.success, batch.data
    for each in made[2:]:  # one of them again
        saved = lrs.save_statement(TinCanStatement(each))
        assert saved.success, saved.data
    item = str(stable_id(TenantId(house.tenant), block))
    whole = [[0, 30], [70, 120]]
    saved = house.becomes(ada, item, lambda is_: is_["metadata"]["watchedSegments"] == whole, "all of it")
    assert (saved["metadata"]["watchTimeSeconds"], saved["totalSessions"]) == (80, 1)
    changed = statement(xapi.PLAYED, time=3, activity=activity) | {"id": made[0]["id"]}
    conflict = lrs.save_statement(TinCanStatement(changed))
    assert (conflict.success, conflict.response.status) == (False, 409)
    question = {
        "agent": Agent(made[0]["actor"]),
        "verb": Verb(id=xapi.PAUSED),
        "activity": Activity(id=activity),
        "limit": 1,
    }
    [found] = lrs.query_statements(question).content.statements
    assert json.loads(found.result.extensions.to_json())[xapi.TIME] == 120


@pytest.mark.parametrize("form", ["segments", pytest.param("plain", marks=pytest.mark.chaos)])
def test_a_player_that_speaks_xapi_goes_on_where_the_person_stopped(
    house: House, host: str, device: Devices, form: str
) -> None:
    ada, item = house.person("Ada"), an_id()
    query = {"endpoint": house.url, "item": item, "token": ada.token(), form: "1"}
    address = f"{host}/players/xapi.html?{urlencode(query)}"
    page = device().page(address)
    player = Player(page)
    player.wait("each => each.readyState >= 2")
    page.evaluate("host.resume()")
    player.play(rate=2)
    player.reach(4)
    player.seek(10)
    player.reach(12)
    player.pause()
    page.wait_for_function("host.sent >= 3")
    saved = house.becomes(ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] > 11.9, "the pause")
    # Without segments, a player says by the time that it showed last from where it moved, at twice the speed.
    same(saved["metadata"]["watchedSegments"], player.played, near=0.3 if form == "segments" else 1.0)
    page.context.close()
    again = device().page(address)
    Player(again).wait("each => each.readyState >= 2")
    again.evaluate("host.resume()")
    assert again.evaluate("host.resumed") == pytest.approx(player_position(saved), abs=0.001)
    follower = Player(again)
    follower.play(rate=2)
    follower.reach(17.5)  # five seconds move a position; the last second and a half would be the end
    follower.pause()
    both = house.becomes(ada, item, lambda is_: is_["metadata"]["lastPositionSeconds"] > 17.4, "the second")
    assert both["totalSessions"] == 2
    assert both["metadata"]["watchedSegments"][-1][1] == pytest.approx(follower.position, abs=0.3)
    assert len(both["metadata"]["watchedSegments"]) == 2


def player_position(saved: dict) -> float:  # type: ignore[type-arg]
    return float(saved["metadata"]["lastPositionSeconds"])
