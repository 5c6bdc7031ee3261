"""Items that are a part of a file, and documents whose pages the catalogue knows."""

from __future__ import annotations

import pytest

from tests.query_api.directory.desk import Desk, content, counts

pytestmark = [pytest.mark.services, pytest.mark.anyio]


async def test_an_item_may_be_a_part_of_a_file(desk: Desk) -> None:
    item = content(startSeconds=600, endSeconds=1200.5)
    assert counts(await desk.put("content", item)) == (1, 0, 0, 0)
    (shown,) = await desk.listed("content")
    assert (shown["startSeconds"], shown["endSeconds"], shown["durationSeconds"]) == (600, 1200.5, 600.5)
    assert counts(await desk.put("content", item | {"durationSeconds": 600.5})) == (0, 1, 0, 0)
    document = content(type="document", pageCount=24)
    assert counts(await desk.put("content", document)) == (1, 0, 0, 0)
    pages = {each["contentId"]: each["pageCount"] for each in await desk.listed("content")}
    assert pages == {item["contentId"]: None, document["contentId"]: 24}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"startSeconds": 10, "endSeconds": 10}, "endSeconds"),
        ({"startSeconds": 10, "endSeconds": 70, "durationSeconds": 61}, "durationSeconds"),
        ({"startSeconds": -1}, "startSeconds"),
        ({"pageCount": 0, "type": "document"}, "pageCount"),
        ({"pageCount": 24}, "pageCount"),
        ({"startSeconds": 1, "type": "document"}, "startSeconds"),
        ({"endSeconds": 1, "type": "course"}, "endSeconds"),
    ],
)
async def test_a_part_that_cannot_be_is_refused(desk: Desk, fields: dict[str, object], field: str) -> None:
    answer = await desk.put("content", content(**fields))
    assert [each["field"] for each in answer["rejected"]] == [field]
