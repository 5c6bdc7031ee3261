"""The packages contain the code, the built pages, the demo's files and the Caddyfile."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from operations.demo.audience.catalogue import DOCUMENT, file_name
from operations.demo.audience.habits import FILM_SECONDS
from tests.deploy.compose import ROOT

PAGES = ("index.html", "assets/index-B8x.js")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy without pages, as git has it."""
    described = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    source = tmp_path / "source"
    for package in described["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        ignored = shutil.ignore_patterns("__pycache__", "static")
        shutil.copytree(ROOT / package, source / package, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore", "hatch_build.py"):
        shutil.copy(ROOT / name, source)
    (source / "deploy").mkdir()
    shutil.copy(ROOT / "deploy/Caddyfile", source / "deploy")
    return source


def add_pages(source: Path) -> None:
    (source / "query_api/static/assets").mkdir(parents=True)
    for name in PAGES:
        (source / "query_api/static" / name).touch()


def build(source: Path, target: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "hatchling",
            "build",
            "--target",
            target,
            "--directory",
            source.parent / "built",
        ],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def wheel_of(source: Path) -> set[str]:
    """The files of a wheel."""
    done = build(source, "wheel")
    assert done.returncode == 0, done.stderr
    (wheel,) = (source.parent / "built").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_has_the_pages_and_the_demo_s_files_and_nothing_ignored(source: Path) -> None:
    add_pages(source)
    (source / "playhead/left.log").touch()
    inside = wheel_of(source)
    assert {f"query_api/static/{name}" for name in PAGES} < inside
    wanted = {f"{file_name(film)}.{ending}" for film in FILM_SECONDS for ending in ("webm", "jpg")}
    wanted |= {f"{file_name(DOCUMENT)}.html"}
    assert {f"operations/demo/files/{name}" for name in wanted} < inside
    assert "operations/local/Caddyfile" in inside, "the one of deploy/"
    assert "playhead/left.log" not in inside


def test_a_wheel_is_built_without_a_caddyfile_as_in_the_image(source: Path) -> None:
    add_pages(source)
    shutil.rmtree(source / "deploy")
    assert "operations/local/Caddyfile" not in wheel_of(source)


def test_a_wheel_made_of_the_source_distribution_has_the_pages(source: Path, tmp_path: Path) -> None:
    add_pages(source)
    assert build(source, "sdist").returncode == 0
    (packed,) = (tmp_path / "built").glob("*.tar.gz")
    with tarfile.open(packed) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()

    inside = wheel_of(unpacked)
    assert {f"query_api/static/{name}" for name in PAGES} < inside
    assert "query_api/saving.openapi.json" in inside, "the document of both services"
    assert "operations/local/Caddyfile" in inside


@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_without_pages_nothing_is_built_and_the_way_out_is_named(source: Path, target: str) -> None:
    refused = build(source, target)

    assert refused.returncode != 0
    assert "run `make pages` first" in refused.stdout + refused.stderr
    assert "Traceback" not in refused.stdout + refused.stderr
    assert not list(source.parent.glob("built/*"))


def test_an_editable_install_does_not_need_them(source: Path) -> None:
    """`make` installs before it builds the pages."""
    spec = spec_from_file_location("hatch_build", source / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    built = module_from_spec(spec)
    spec.loader.exec_module(built)
    hook = built.PagesHook(str(source), {}, None, None, "", "wheel")

    hook.initialize("editable", {})
    with pytest.raises(SystemExit):
        hook.initialize("standard", {})
