"""The parts of courses: written as rows of the course, or as rows of their own."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from playhead.policies.course_text import decode_course
from playhead.progress.figures.course import Course
from tests.query_api.directory.desk import Desk, an_id, content, counts

pytestmark = [pytest.mark.services, pytest.mark.anyio]


def part(of: Any, **fields: Any) -> Any:
    return {"contentId": of["contentId"]} | fields


async def three(desk: Desk) -> list[Any]:
    items = [content(title=title) for title in ("One", "Two", "Three")]
    await desk.put("content", *items)
    return items


def defined(desk: Desk, course: Any) -> Course:
    query = "SELECT definition FROM progress.courses WHERE content_id = %s"
    with psycopg.connect(desk.world.database.admin_dsn) as connection:
        rows = connection.execute(query.encode(), [course["contentId"]]).fetchall()
    return decode_course(rows[0][0])


async def test_a_course_shows_its_parts_in_order(desk: Desk) -> None:
    one, two, three_ = await three(desk)
    course = content(type="course", parts=[part(two, weight=2.5), part(one), part(three_, optional=True)])
    assert counts(await desk.put("content", course)) == (1, 0, 0, 0)
    assert counts(await desk.put("content", course)) == (0, 1, 0, 0)

    shown = (await desk.get(f"/api/content/{course['contentId']}")).json()
    assert shown["parts"] == [
        {"contentId": two["contentId"], "weight": 2.5, "optional": False},
        {"contentId": one["contentId"], "weight": 1.0, "optional": False},
        {"contentId": three_["contentId"], "weight": 1.0, "optional": True},
    ]
    ids = [each["contentId"] for each in (two, one, three_)]
    listed = {each["contentId"]: each["parts"] for each in await desk.listed("content")}
    assert listed[course["contentId"]] == ids
    rows = await desk.listed("parts", courseId=course["contentId"])
    assert [(each["position"], each["contentId"], each["optional"]) for each in rows] == [
        (1, ids[0], False),
        (2, ids[1], False),
        (3, ids[2], True),
    ]


async def test_a_row_without_parts_keeps_them_and_an_empty_list_takes_them_away(desk: Desk) -> None:
    one, two, _ = await three(desk)
    course = content(type="course", parts=[part(one), part(two)])
    await desk.put("content", course)
    await desk.put("content", {**course, "title": "Renamed", "parts": None})
    assert len(await desk.listed("parts")) == 2
    assert counts(await desk.put("content", {**course, "parts": []})) == (1, 0, 0, 0)
    assert await desk.listed("parts") == []
    assert defined(desk, course).parts == ()
    assert set(defined(desk, course).past[-1].required) == {one["contentId"], two["contentId"]}


async def test_an_archived_part_drops_out_and_comes_back(desk: Desk) -> None:
    one, two, _ = await three(desk)
    course = content(type="course", parts=[part(one), part(two)])
    await desk.put("content", course)
    await desk.put("content", {"contentId": two["contentId"], "remove": True})
    shown = (await desk.get(f"/api/content/{course['contentId']}")).json()
    assert [each["contentId"] for each in shown["parts"]] == [one["contentId"]]
    assert [each["archived"] for each in await desk.listed("parts")] == [False, True]
    await desk.put("content", two)
    assert len((await desk.get(f"/api/content/{course['contentId']}")).json()["parts"]) == 2
    assert len(defined(desk, course).past) == 2


async def test_what_a_course_cannot_have_is_named_by_row_and_field(desk: Desk) -> None:
    one, _, _ = await three(desk)
    course = content(type="course", parts=[part(one)])
    await desk.put("content", course)
    answer = await desk.put(
        "content",
        content(type="course", parts=[part(one, optional=True)]),
        content(type="course", parts=[part(one), part(course)]),
        content(type="course", parts=[part(one), {"contentId": an_id()}]),
        content(parts=[part(one)]),
        content(type="course", parts=[part(one, weight=0.0005), part(one)]),
        {**course, "type": "video", "parts": None},
    )
    assert [(each["index"], each["field"], each["code"]) for each in answer["rejected"]] == [
        (0, "parts", "invalid"),
        (1, "parts[1].contentId", "invalid"),
        (2, "parts[1].contentId", "unknown"),
        (3, "parts", "invalid"),
        (4, "parts[0].weight", "invalid"),
        (5, "type", "invalid"),
    ]
    (refused,) = (await desk.put("content", {**one, "type": "course"}))["rejected"]
    assert (refused["field"], refused["code"]) == ("type", "invalid")


async def test_a_course_and_its_parts_come_in_one_call(desk: Desk) -> None:
    one, two = content(), content()
    course = content(type="course", parts=[part(one), part(two)])
    assert counts(await desk.put("content", course, one, two)) == (3, 0, 0, 0)
    assert len(await desk.listed("parts")) == 2


async def test_parts_are_rows_of_a_csv_file(desk: Desk) -> None:
    course, one, two = an_id(), an_id(), an_id()
    file = (
        "kind,contentId,title,type,courseId,position,weight,optional\n"
        f"part,{two},,,{course},2,,yes\n"
        f"part,{one},,,{course},1,3,\n"
        f"content,{course},Course,course,,,,\n"
        f"content,{one},One,video,,,,\n"
        f"content,{two},Two,document,,,,\n"
    )
    dry = await desk.imported(file, dryRun=True)
    assert {each["kind"]: each["upserted"] for each in dry["kinds"]} == {"content": 3, "parts": 2}
    assert await desk.listed("parts") == []
    assert (await desk.imported(file))["rejected"] == []
    rows = await desk.listed("parts")
    assert [(each["contentId"], each["weight"], each["optional"]) for each in rows] == [
        (one, 3.0, False),
        (two, 1.0, True),
    ]
    wrong = (
        "kind,contentId,courseId,position,weight,optional,remove\n"
        f"part,{one},{two},1,,,\n"
        f"part,{course},{course},1,,,\n"
        f"part,{one},{course},first,,,\n"
        f"part,{an_id()},{course},3,,,\n"
        f"part,{an_id()},{an_id()},3,,,\n"
    )
    rejected = (await desk.imported(wrong))["rejected"]
    assert [(each["line"], each["column"], each["code"]) for each in rejected] == [
        (2, "courseId", "invalid"),
        (3, "contentId", "invalid"),
        (4, "position", "number"),
        (5, "contentId", "unknown"),
        (6, "courseId", "unknown"),
        (6, "contentId", "unknown"),
    ]
    only_optional = f"kind,contentId,courseId,position,optional\npart,{one},{course},1,true\n"
    (refused,) = (await desk.imported(only_optional))["rejected"]
    assert (refused["column"], refused["code"]) == ("optional", "invalid")
    taken = f"kind,contentId,courseId,remove\npart,{two},{course},yes\n"
    assert (await desk.imported(taken))["kinds"][0]["removed"] == 1
    assert [each["contentId"] for each in await desk.listed("parts")] == [one]


async def test_a_change_of_parts_requests_that_the_course_is_derived_again(desk: Desk) -> None:
    one, two, _ = await three(desk)
    course = content(type="course", parts=[part(one)])
    await desk.put("content", course)
    desk.execute("TRUNCATE progress.rederivations")
    await desk.put("content", course)
    assert desk.stored("rederivations") == []
    await desk.put("content", {**course, "parts": [part(one), part(two)]})
    (request,) = desk.stored("rederivations")
    assert course["contentId"] in request[0]
    before = defined(desk, course).past
    assert [set(each.required) for each in before] == [{one["contentId"]}]
