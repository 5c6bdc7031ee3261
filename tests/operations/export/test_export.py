"""`playhead export`, as a person would use it, against a running query API."""

from __future__ import annotations

import csv
import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from operations.cli.main import app
from operations.export.reports import REPORTS
from playhead.identity import mint_development_token
from playhead.settings import QuerySettings, TokenSettings
from query_api.app import create_app
from query_api.directory.tables import PEOPLE
from tests.query_api.exports.reading import READERS
from tests.query_api.exports.tables import add_people
from tests.query_api.reports.organisation import Organisation, organisation
from tests.query_api.serving import Service, serving
from tests.query_api.world import World, new_person

NAMES = ("Ada", "Bob, the second", 'Cleo "Clio"\nnext line')


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["export", *arguments])


@pytest.fixture
def made(world: World) -> Organisation:
    return organisation(world)


@pytest.fixture
def service(settings: QuerySettings, made: Organisation, tmp_path: Path) -> Iterator[Service]:
    del made
    (tmp_path / "log").mkdir()
    with serving(settings, tmp_path / "log") as service:
        yield service


def token(made: Organisation, who: str, *roles: str) -> str:
    return mint_development_token(TokenSettings(), made.tenant, made.person(who).user_id, roles)


def test_every_report_has_a_name_and_every_name_a_report() -> None:
    documented = {
        path.replace("teamId", "team").replace("userId", "person").replace("contentId", "content")
        for path, operations in create_app(QuerySettings()).openapi()["paths"].items()
        if any(each["name"] == "format" for each in operations.get("get", {}).get("parameters", []))
    }
    assert {report.path for report in REPORTS.values()} == documented


def test_the_list_names_them() -> None:
    listed = run("--list").stdout
    assert [line.split()[0] for line in listed.splitlines()] == ["organisation", *REPORTS]


@pytest.mark.services
@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_a_report_becomes_a_file(service: Service, world: World, tmp_path: Path, kind: str) -> None:
    admin = new_person()
    add_people(world, admin.tenant_id, *((name, None) for name in NAMES))
    out = tmp_path / f"people.{kind}"

    done = run(
        *("directory-people", "--url", service.url, "--out", str(out)),
        *("--tenant", admin.tenant_id, "--param", "sort=-displayName"),
    )

    assert (done.exit_code, done.stderr) == (0, f"3 rows in {out}\n")
    assert [row["displayName"] for row in READERS[kind](PEOPLE, out.read_bytes())] == sorted(NAMES)[::-1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", out.name]


@pytest.mark.services
def test_standard_output_is_the_file_and_nothing_else(service: Service, made: Organisation) -> None:
    done = run(
        *("team-progress", "--team", str(made.team("Red")), "--out", "-"),
        *("--url", service.url, "--token", token(made, "mona", "manager")),
    )
    assert done.exit_code == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout_bytes.decode("utf-8-sig"), newline="")))
    assert {row["userId"] for row in rows} == {made.person(n).user_id for n in ("ada", "bob", "cleo", "dan")}
    assert done.stderr == "4 rows\n"


@pytest.mark.services
def test_refusals_are_the_server_s_own_words(service: Service, made: Organisation, tmp_path: Path) -> None:
    blue = ["team-progress", "--team", str(made.team("Blue")), "--out", str(tmp_path / "blue.csv")]
    blue += ["--url", service.url]

    foreign = run(*blue, "--token", token(made, "mona", "manager"))
    learner = run(*blue, "--token", token(made, "ada"))
    unknown = run(*blue, "--token", "forged")
    unsorted = run(*blue, "--token", token(made, "nils", "manager"), "--param", "sort=shoeSize")

    assert [each.exit_code for each in (foreign, learner, unknown, unsorted)] == [1] * 4
    assert foreign.stderr == "Not yours to read: you do not manage this team (teamId)\n"
    assert learner.stderr.startswith("Managers only: ")
    assert unknown.stderr.startswith("Not identified: ")
    assert unsorted.stderr.startswith("Invalid request: not an order of this report, which has ")
    assert not (tmp_path / "blue.csv").exists()


def test_what_there_is_not_exits_2(tmp_path: Path) -> None:
    for arguments, said in (
        (["nothing"], "there is no report 'nothing'; there are teams, "),
        (["team-progress"], "team-progress is of one team: add --team ID\n"),
        (["teams", "--param", "sort"], "--param sort is not NAME=VALUE\n"),
        (["teams", "--url", "here"], "here is no address of the API: "),
    ):
        done = run(*arguments, "--out", str(tmp_path / "x.csv"))
        assert done.exit_code == 2
        assert done.stderr.startswith(said)


def test_an_api_that_is_away_exits_1(tmp_path: Path) -> None:
    done = run("teams", "--url", "http://127.0.0.1:1", "--out", str(tmp_path / "x.csv"))
    assert done.exit_code == 1
    assert done.stderr.startswith("http://127.0.0.1:1 does not answer: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"2a\r\n", "the export broke off: "),
        (b"7\r\na,b\r\n1,\r\n0\r\n\r\n", "the export has 0 rows of 2, and was not kept\n"),
    ],
)
def test_a_broken_export_leaves_the_file_that_was_there(tmp_path: Path, body: bytes, said: str) -> None:
    out = tmp_path / "teams.csv"
    out.write_text("of yesterday")
    head = b"HTTP/1.1 200 OK\r\nPlayhead-Rows: 2\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    with answering(head + body) as url:
        done = run("teams", "--url", url, "--out", str(out))
    assert done.exit_code == 1
    assert done.stderr.startswith(said)
    assert out.read_text() == "of yesterday"
    assert list(tmp_path.iterdir()) == [out]


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """A server of one answer, which then hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()
