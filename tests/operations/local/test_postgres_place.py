from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from operations.local.errors import DataUnreachableError
from operations.local.stores import postgres_place
from operations.local.stores.postgres_place import SystemUser, data_home, program_dir

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Confined(SystemUser):
    """A user who can enter one directory alone; its id is this process's, so that no test needs root."""

    inside: Path

    def can_use(self, path: Path) -> bool:
        return path.is_relative_to(self.inside)


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "shared"
    monkeypatch.setattr(postgres_place, "_SHARED", place)
    return place


@pytest.fixture
def confined(shared: Path) -> Confined:
    return Confined("postgres", os.getuid(), os.getgid(), shared)


def test_own_user_keeps_the_data_where_it_was_asked_for(tmp_path: Path) -> None:
    home = tmp_path / "data" / "postgres"
    assert data_home(home, None) == home
    assert home.is_dir()


def test_data_out_of_reach_is_kept_elsewhere_and_found_again(
    tmp_path: Path, shared: Path, confined: Confined
) -> None:
    home = tmp_path / "data" / "postgres"
    place = data_home(home, confined)
    assert place.parent == shared
    assert home.resolve() == place
    assert data_home(home, confined) == place


def test_data_directory_that_is_created_again_never_gets_the_old_data(
    tmp_path: Path, confined: Confined
) -> None:
    home = tmp_path / "data" / "postgres"
    first = data_home(home, confined)
    home.unlink()
    assert data_home(home, confined) != first


def test_existing_data_out_of_reach_is_an_error(tmp_path: Path, confined: Confined) -> None:
    home = tmp_path / "data" / "postgres"
    home.mkdir(parents=True)
    with pytest.raises(DataUnreachableError, match="runs as postgres, who cannot enter"):
        data_home(home, confined)


def test_programs_out_of_reach_are_copied_for_everyone_and_run(shared: Path, confined: Confined) -> None:
    programs = program_dir(confined)
    assert programs.is_relative_to(shared)
    assert (programs / "postgres").stat().st_mode & 0o055 == 0o055
    assert subprocess.run([programs / "postgres", "--version"], check=False).returncode == 0
    assert program_dir(confined) == programs
