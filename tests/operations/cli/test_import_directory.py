"""`playhead import directory` in front of a query API that runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from typer.testing import CliRunner, Result

from operations.cli.main import app
from operations.local import ports
from playhead.identity import mint_development_token
from playhead.progress import TenantId, UserId
from playhead.retry import Backoff
from tests.query_api.serving import Service, serving
from tests.query_api.world import World
from tests.services import Services, copy_of

pytestmark = pytest.mark.services

EXAMPLE = Path("docs/examples/directory.csv")
TABLES = ("content_items", "people", "teams", "team_members", "assignments")


@pytest.fixture(scope="module")
def service(
    services: Services, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with copy_of(services, migrated_template) as database:
        world = World(services.redis_url, database)
        with serving(world.settings(), tmp_path_factory.mktemp("query")) as service:
            yield service
        world.close()


@dataclass(frozen=True)
class Office:
    """Imports into a tenant of its own."""

    service: Service
    tenant: str

    def bring_in(self, file: Path, *options: str) -> Result:
        where = ("--url", self.service.url, "--data-dir", str(file.parent / "none"))
        arguments = ["import", "directory", str(file), *where, "--tenant", self.tenant]
        return CliRunner().invoke(app, [*arguments, *options])

    def stored(self) -> list[int]:
        """How many rows there are of each kind."""
        with psycopg.connect(self.service.settings.postgres_reader_dsn) as connection:
            connection.execute("SELECT set_config('playhead.tenant', %s, true)", [self.tenant])
            counts = ", ".join(f"(SELECT count(*) FROM progress.{table})" for table in TABLES)
            return list(connection.execute(f"SELECT {counts}".encode()).fetchone() or ())


@pytest.fixture
def office(service: Service) -> Office:
    return Office(service, str(uuid4()))


def test_the_example_is_imported_once(office: Office) -> None:
    dry = office.bring_in(EXAMPLE, "--dry-run")
    assert (dry.exit_code, dry.stderr) == (0, "")
    assert dry.stdout == "dry run, nothing was changed: 12 stored, 0 unchanged, 0 removed, 0 rejected\n"
    assert office.stored() == [0] * 5

    first = office.bring_in(EXAMPLE)
    again = office.bring_in(EXAMPLE)

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.stdout == "12 stored, 0 unchanged, 0 removed, 0 rejected\n"
    assert again.stdout == "0 stored, 12 unchanged, 0 removed, 0 rejected\n"
    assert office.stored() == [3, 2, 1, 2, 2]


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_what_is_wrong_is_named_and_the_rest_counts(
    office: Office, tmp_path: Path, options: tuple[str, ...]
) -> None:
    ada, bob, crew, unknown = (str(uuid4()) for _ in range(4))
    file = tmp_path / "people.csv"
    file.write_text(
        "kind,teamId,userId,role,displayName,name,email\n"
        f"member,{crew},{ada},member,,,\n"
        f"member,{crew},{bob},member,,,\n"
        f"member,{crew},{unknown},member,,,\n"
        f"person,,{ada},,Ada,,\n"
        f"person,,{bob},,Bob,,bob\n"
        f"person,,{uuid4()},,,,\n"
        f"team,{crew},,,,Crew,\n"
    )

    result = office.bring_in(file, *options)

    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "line 3, column userId: there is no such person in the directory",
        "line 4, column userId: there is no such person in the directory",
        "line 6, column email: is not an e-mail address",
        "line 7, column displayName: is required",
    ]
    assert result.stdout.endswith("3 stored, 0 unchanged, 0 removed, 4 rejected\n")


@pytest.mark.parametrize("options", [("--dry-run",), ()])
def test_a_removal_in_the_same_file_comes_first(
    office: Office, tmp_path: Path, options: tuple[str, ...]
) -> None:
    assert office.bring_in(EXAMPLE).exit_code == 0
    ada, crew = "7d0f4c52-94a3-4c0d-8a7f-2f5a1c3e9b10", "e6a9d8f0-1b7c-4d3e-9f21-3c4b5a697887"
    file = tmp_path / "leaving.csv"
    file.write_text(f"kind,teamId,userId,role,remove\nmember,{crew},{ada},manager,\nperson,,{ada},,true\n")

    result = office.bring_in(file, *options)

    assert result.exit_code == 1
    assert "line 2, column userId: " in result.stderr
    assert result.stdout.endswith("0 stored, 0 unchanged, 1 removed, 1 rejected\n")


def test_more_rows_than_one_call_takes(office: Office, tmp_path: Path) -> None:
    people = [str(uuid4()) for _ in range(2_500)]
    crew = str(uuid4())
    lines = ["kind,userId,displayName,teamId,name,role"]
    lines += [f"member,{each},,{crew},,member" for each in people]
    lines += [f"person,{each},Person {n},,," for n, each in enumerate(people)]
    file = tmp_path / "many.csv"
    file.write_text("\n".join([*lines, f"team,,,{crew},Crew,"]))

    for options in (("--dry-run",), ()):
        result = office.bring_in(file, *options)
        assert result.exit_code == 0, result.output
        assert result.stdout.endswith("5001 stored, 0 unchanged, 0 removed, 0 rejected\n")
    assert office.stored() == [0, 2_500, 1, 2_500, 0]


def test_a_token_without_the_role_is_refused(office: Office) -> None:
    tenant, user = TenantId(office.tenant), UserId(str(uuid4()))
    token = mint_development_token(office.service.settings, tenant, user, ("manager",))
    result = office.bring_in(EXAMPLE, "--token", token)
    assert result.exit_code == 1
    assert "403" in result.stderr


def test_an_api_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.directory.RETRY", Backoff(0.001, 0.001))
    address = f"http://127.0.0.1:{ports.choose()}"
    arguments = ["import", "directory", str(EXAMPLE), "--url", address, "--data-dir", str(tmp_path)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert f"nothing answers at {address}: is it running?" in result.stderr
