"""One figure is the same in every answer, file and export, for each role, when nothing is under way."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean

import psycopg
import pytest

from operations.audit.database import audit
from operations.audit.finding import Finding
from tests.faults.pipeline import Pipeline
from tests.figures.company import Company
from tests.figures.life import Body
from tests.figures.sightings import Report, Sightings, cell
from tests.web.house import Person

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def company(pipeline: Pipeline) -> Iterator[Company]:
    made = Company(pipeline)
    yield made
    made.house.close()


@pytest.fixture(scope="module")
def seen(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Sightings:
    """Every figure, as each who may see it sees it."""
    sightings = Sightings()
    report = Report(company.house, tmp_path_factory.mktemp("exports"))
    for person in company.people:
        for who in (person, company.house.admin, *([company.manager] if person in company.members else [])):
            _see_person(sightings, company, report, who, person)
    for who in (company.manager, company.house.admin):
        _see_lists(sightings, company, report, who)
    _see_organisation(sightings, company, report)
    return sightings


def test_a_figure_is_the_same_in_every_answer_file_and_export(company: Company, seen: Sightings) -> None:
    assert len(seen) > 500
    differing = seen.differing(company.names)
    assert not differing, "\n".join(differing)


def test_the_lives_are_what_they_should_be(company: Company, seen: Sightings) -> None:
    """Not only alike everywhere, but right."""

    def of(who: Person, name: str, item: str | None = None) -> str:
        subject = ("person", who.user_id) if item is None else ("person and item", who.user_id, item)
        (value,) = set(seen.of(subject, name).values())
        return value

    ada, dan, eve, gus = company.ada, company.dan, company.eve, company.gus
    assert of(ada, "watchTimeSeconds", company.fire) == "600"
    assert (of(ada, "progressPercentage", company.fire), of(ada, "coveragePercentage", company.fire)) == (
        *("10", "0"),
    )
    assert of(ada, "progressPercentage", company.course) == "50"
    # fire 10, lifting 50, the notice 0, the course 50; besides, the talk and a part of the course
    assert (of(ada, "progress"), of(ada, "items"), of(ada, "optionalItems")) == ("27.5", "4", "2")
    assert of(ada, "overdue") == "1"
    assert (of(dan, "overdue"), of(company.cleo, "overdue"), of(eve, "overdue")) == ("0", "0", "0")
    assert (of(dan, "status", company.fire), of(dan, "started", company.fire)) == ("not_started", "false")
    assert (of(eve, "progressPercentage", company.fire), of(eve, "status", company.fire)) == (
        *("100", "completed"),
    )
    assert (of(eve, "progress"), of(eve, "requiredCompleted")) == ("62.5", "2")
    assert (of(gus, "items"), of(gus, "progress"), of(company.ben, "former")) == ("1", "5", "true")


def test_sums_and_means_are_those_of_their_rows(company: Company, seen: Sightings) -> None:
    def number(kind: str, name: str, *ids: str) -> float | None:
        (value,) = set(seen.of((kind, *ids), name).values()) or {""}
        return float(value) if value else None

    def mean(people: list[Person]) -> str:
        each = [number("person", "progress", who.user_id) for who in people]
        return cell(round(fmean(some for some in each if some is not None), 2))

    def total(people: tuple[Person, ...], name: str) -> float:
        return sum(number("person", name, who.user_id) or 0 for who in people)

    present = [who for who in company.people if who is not company.ben]
    assert set(seen.of(("organisation",), "progress").values()) == {mean(present)}
    assert set(seen.of(("team", company.team), "progress").values()) == {mean([*company.members])}
    for name, of_person in (("required", "required"), ("completedRequired", "requiredCompleted")):
        assert number("team", name, company.team) == total(company.members, of_person)
    for name in ("started", "completedOfStarted"):
        current = [item for item in company.items if item != company.archived]
        assert number("organisation", name) == sum(number("item", name, item) or 0 for item in current)
        of_team = (number("team's item", name, company.team, item) or 0 for item in current)
        assert number("team", name, company.team) == sum(of_team)
    spent = sum(number("person", "watchTimeSeconds", who.user_id) or 0 for who in company.people)
    assert number("organisation", "watchHours") == round(spent / 3_600, 2)
    for item in company.items:
        required = [who for who in company.people if _is(seen, "required", who, item)]
        started = [who for who in present if _is(seen, "started", who, item)]
        for name, people in (("assigned", required), ("started", started)):
            assert number("item", name, item) == len(people), (name, item)
        unopened = [who for who in required if who not in started]
        assert number("item", "notStarted", item) == len(unopened)


PLANTED = (
    ("user_progress", "progress_percentage", "course IS NOT NULL AND progress_percentage < 90", "course"),
    ("user_progress", "completion_count", "course IS NOT NULL", "course"),
    ("user_progress", "coverage", "course IS NULL AND coverage < 900", "row"),
    ("user_progress", "total_sessions", "course IS NULL", "row"),
    ("user_progress", "attempt_at", "attempt_at IS NOT NULL", "row"),
    ("requirements", "due_at", "due_at IS NOT NULL", "requirement"),
    ("requirements", "due_after_days", "due_after_days IS NOT NULL", "requirement"),
    ("user_summary", "required_percentage_sum", "required_items > 0", "summary"),
    ("user_summary", "optional_completed", "NOT former", "summary"),
    ("content_summary", "assigned", "true", "counter"),
    ("content_summary", "former_started", "true", "counter"),
    ("person_days", "wall_ms", "true", "counter"),
    ("daily_activity", "completed", "true", "counter"),
)


def test_the_audit_agrees_and_names_each_figure_that_was_changed(
    pipeline: Pipeline, company: Company
) -> None:
    def found() -> list[Finding]:
        return list(audit(pipeline.audit_settings))

    assert found() == []
    with psycopg.connect(pipeline.settings.postgres_admin_dsn, autocommit=True) as connection:
        for table, column, where, kind in PLANTED:
            more = "interval '7 days'" if column.endswith("_at") else "7"
            whose = f"WHERE tenant_id = %s AND {where}"
            change = f"UPDATE progress.{table} SET {column} = {column} {{}} {more} {whose}"
            tenant = [company.house.tenant]
            assert connection.execute(change.format("+").encode(), tenant).rowcount > 0, (table, column)
            kinds = {each.kind for each in found()}
            connection.execute(change.format("-").encode(), tenant)
            assert kind in kinds, (table, column, kinds)
    assert found() == []


def _is(seen: Sightings, name: str, who: Person, item: str) -> bool:
    return "true" in seen.of(("person and item", who.user_id, item), name).values()


def _see_person(seen: Sightings, company: Company, report: Report, who: Person, person: Person) -> None:
    """What learners see of themselves, and others of them."""
    house, user = company.house, person.user_id
    role = "".join(who.roles) or "learner"
    named = {} if who is person else {"userId": user}
    whole = house.read(who, "/api/progress", limit=200, **named)
    seen.add(f"/api/progress, {role}", ("person", user), _flat(whole["summary"]))
    seen.rows(
        f"/api/progress items, {role}",
        *("person and item", map(_begun, whole["items"]), "userId", "contentId"),
        userId=user,
    )
    sessions = house.read(who, "/api/progress/history", limit=200, **named)["items"]
    for item in company.items:
        subject = ("person and item", user, item)
        one = house.read(who, f"/api/progress/{item}", **named)
        seen.add(f"item, {role}", subject, _begun(one | one["metadata"]))
        held = [each for each in sessions if (each["kind"], each["contentId"]) == ("session", item)]
        if item != company.course and one["status"] != "not_started":
            seen.add(f"history, {role}", subject, {"totalSessions": len(held)})
    seen.add(f"/api/people/…, {role}", ("person", user), house.read(who, f"/api/people/{user}"))
    forms = report.forms(who, "assignments", f"/api/people/{user}/assignments", "--person", user)
    for place, rows in forms.items():
        seen.rows(f"{place}, {role}", "person and item", rows, "userId", "contentId", userId=user)


def _see_lists(seen: Sightings, company: Company, report: Report, who: Person) -> None:
    team, role = company.team, who.roles[0]
    forms = report.forms(who, "people", "/api/people")
    forms |= report.forms(who, "team-progress", f"/api/teams/{team}/progress", "--team", team)
    for place, rows in forms.items():
        seen.rows(f"{place}, {role}", "person", rows, "userId")
    forms = report.forms(who, "team-matrix", f"/api/teams/{team}/cells", "--team", team)
    forms |= report.forms(who, "team-not-started", f"/api/teams/{team}/not-started", "--team", team)
    for place, rows in forms.items():
        seen.rows(f"{place}, {role}", "person and item", rows, "userId", "contentId")
    for item in company.items:
        path = f"/api/org/content/{item}"
        forms = report.forms(who, "org-content-people", f"{path}/people", "--content", item)
        forms |= report.forms(who, "org-content-not-started", f"{path}/not-started", "--content", item)
        for place, rows in forms.items():
            seen.rows(f"{place}, {role}", "person and item", rows, "userId", "contentId", contentId=item)
    forms = report.forms(who, "team-content", f"/api/teams/{team}/content", "--team", team)
    for place, rows in forms.items():
        seen.rows(f"{place}, {role}", "team's item", rows, "teamId", "contentId", teamId=team)
    for place, rows in report.forms(who, "teams", "/api/teams").items():
        seen.rows(f"{place}, {role}", "team", rows, "teamId")
    seen.add(f"team, {role}", ("team", team), company.house.read(who, f"/api/teams/{team}"))


def _see_organisation(seen: Sightings, company: Company, report: Report) -> None:
    house, admin = company.house, company.house.admin
    for place, rows in report.forms(admin, "org-teams", "/api/org/teams").items():
        seen.rows(place, "team", rows, "teamId")
    for place, rows in report.forms(admin, "org-content", "/api/org/content").items():
        seen.rows(place, "item", rows, "contentId")
    for item in company.items:
        seen.add("item's page", ("item", item), house.read(admin, f"/api/org/content/{item}"))
    whole = house.read(admin, "/api/org/progress")
    seen.add("organisation", ("organisation",), whole)
    for place, rows in report.forms(admin, "org-days", "/api/org/days").items():
        seen.rows(place, "day", rows, "day")
    seen.rows("organisation's days", "day", whole["days"], "day")


def _begun(progress: Body) -> Body:
    """Without the evidence of nothing: reports have null there, what is of one item has `watched`."""
    return progress | ({"evidence": None} if progress["status"] == "not_started" else {})


def _flat(summary: Body) -> Body:
    """With the counts of optional items named as in reports."""
    optional = summary["optional"]
    return {
        **{name: value for name, value in summary.items() if name != "optional"},
        "optionalItems": optional["items"],
        "optionalCompletedItems": optional["completed"],
        "optionalInProgressItems": optional["inProgress"],
    }
