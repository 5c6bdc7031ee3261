"""`.ci/run` and the pre-commit hooks, on stand-ins for the commands that they would run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.deploy.compose import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

ENVIRONMENT_BIN = Path(sys.executable).parent


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A directory with the script in its place and nothing else."""
    clone = tmp_path / "clone"
    (clone / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "run", clone / ".ci" / "run")
    return clone


def ci(clone: Path, stand_ins: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the script where the only programs are these, and the few ordinary ones that it uses."""
    programs = clone.parent / "bin"
    programs.mkdir()
    for name in ("bash", "dirname", "env", "mktemp", "rm", "tail", "timeout"):
        (programs / name).symlink_to(str(shutil.which(name)))
    for name, script in stand_ins.items():
        (programs / name).write_text(f"#!{shutil.which('bash')}\n{script}\n")
        (programs / name).chmod(0o755)
    return subprocess.run(
        [programs / "bash", clone / ".ci" / "run"],
        env={"PATH": str(programs), "CI": "true"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


PRESENT = dict.fromkeys(("python3", "redis-server", "chromium", "ffmpeg"), "exit 0")
MAKE = 'echo "make $* in $PWD"; echo "3 passed in 0.10s"'
NO_NETWORK = 'echo "Could not resolve the mirror" >&2; exit 100'


def test_is_executable() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_does_all_that_make_test_does_and_ends_with_the_summary(clone: Path) -> None:
    ran = ci(clone, PRESENT | {"make": MAKE, "apt-get": "echo called apt-get; exit 1"})
    assert ran.stdout.splitlines() == [
        f"make lint test-pages in {clone}",
        "3 passed in 0.10s",
        f"make test-pipeline in {clone}",
        "3 passed in 0.10s",
    ]
    assert ran.returncode == 0
    assert "\ntest: lint test-pages test-pipeline " in (ROOT / "Makefile").read_text("utf-8")
    assert "make test" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("code", [1, 2, 5])
def test_exits_as_the_tests_do(clone: Path, code: int) -> None:
    assert ci(clone, PRESENT | {"make": f"exit {code}"}).returncode == code


def test_a_failing_lint_or_unit_fails_at_once(clone: Path) -> None:
    ran = ci(clone, PRESENT | {"make": 'echo "make $*"; [[ $1 != lint ]] || exit 2'})
    assert ran.stdout.splitlines() == ["make lint test-pages"]
    assert ran.returncode == 2


@pytest.mark.parametrize(("again", "code"), [("exit 0", 0), ("exit 2", 2)])
def test_what_failed_is_left_to_test_again(clone: Path, again: str, code: int) -> None:
    make = f'echo "make $*"; case "$*" in test-pipeline) exit 2;; test-again) {again};; esac'
    ran = ci(clone, PRESENT | {"make": make})
    assert ran.stdout.splitlines() == ["make lint test-pages", "make test-pipeline", "make test-again"]
    assert ran.returncode == code


SAMPLE = """
import pathlib, pytest
tries = pathlib.Path("tries")

def test_of_behaviour():
    assert {behaves}

@pytest.mark.watches_the_clock
def test_of_a_duration():
    first = not tries.exists()
    tries.open("a").write("x")
    assert not first
"""


@pytest.mark.parametrize(("behaves", "tries"), [(True, 2), (False, 1)])
def test_only_what_watches_the_clock_is_run_again_and_only_if_nothing_else_failed(
    tmp_path: Path, *, behaves: bool, tries: int
) -> None:
    """By the real rule and the real pytest, on a sample of two tests of which the one fails at first."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = watches_the_clock\n")
    (tmp_path / "test_sample.py").write_text(SAMPLE.format(behaves=behaves))
    pytest_of = tmp_path / ".venv" / "bin" / "pytest"
    pytest_of.parent.mkdir(parents=True)
    pytest_of.write_text(f'#!/usr/bin/env bash\nexec {ENVIRONMENT_BIN / "pytest"} -p no:xdist "$@"\n')
    pytest_of.chmod(0o755)
    first = subprocess.run([pytest_of], cwd=tmp_path, check=False, capture_output=True, timeout=60)
    assert first.returncode == 1
    again = subprocess.run(
        ["make", "--no-print-directory", "-f", ROOT / "Makefile", "test-again", "READY=", "PAGES="],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (tmp_path / "tries").read_text() == "x" * tries
    assert (again.returncode == 0) == behaves
    if behaves:
        assert re.fullmatch(r"=+ 1 passed.*=+", again.stdout.splitlines()[-1])
    else:
        assert "do not watch the clock" in again.stderr


def test_every_rerun_is_limited_to_the_marker() -> None:
    rules = [
        *(ROOT / "Makefile").read_text("utf-8").splitlines(),
        *(ROOT / ".ci" / "run").read_text("utf-8").splitlines(),
    ]
    reruns = [line for line in rules if "LAST_FAILED)" in line or "--last-failed" in line]
    assert [line.strip() for line in reruns if "watches_the_clock" not in line] == [
        "LAST_FAILED := --last-failed --last-failed-no-failures=none"
    ]
    assert not any(word in line for line in rules for word in ("--reruns", "flaky", "--lf", "--ff"))


def test_goes_on_where_apt_is_away(clone: Path) -> None:
    without_redis = {name: script for name, script in PRESENT.items() if name != "redis-server"}
    ran = ci(clone, without_redis | {"make": MAKE, "apt-get": NO_NETWORK})
    assert ran.returncode == 0
    if os.geteuid() == 0:
        assert "apt-get could not install redis-server" in ran.stderr
        assert "Could not resolve the mirror" in ran.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may install packages")
def test_installs_what_is_missing_and_nothing_else(clone: Path) -> None:
    record = clone.parent / "apt"
    apt = f'echo "$DEBIAN_FRONTEND $*" >> {record}'
    redis = {"valkey-server": "exit 0"}
    ran = ci(clone, {"python3": "exit 1", "chromium": "exit 0", "make": MAKE, "apt-get": apt} | redis)
    assert ran.returncode == 0
    assert record.read_text().splitlines() == [
        " update",
        "noninteractive install --yes --no-install-recommends python3-venv ffmpeg fonts-dejavu-core",
    ]


def test_says_so_where_make_cannot_be_had(clone: Path) -> None:
    ran = ci(clone, PRESENT | {"apt-get": NO_NETWORK})
    assert ran.returncode == 1
    assert "make is missing" in ran.stderr


def test_hooks_are_local_and_run_from_the_environment() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    for hook in config["repos"][0]["hooks"]:
        program = Path(hook["entry"].split()[0])
        assert program.parent == Path(".venv/bin")
        assert (ENVIRONMENT_BIN / program.name).exists()
        assert hook["language"] == "system"


def test_pre_commit_understands_its_file() -> None:
    subprocess.run(
        [ENVIRONMENT_BIN / "pre-commit", "validate-config", ROOT / ".pre-commit-config.yaml"],
        check=True,
        timeout=60,
    )
