"""What is in the package: the code, the pages that were built, and what the demo shows without ffmpeg."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

from playhead.cli.demo_media import works
from playhead.local.demo.work import Film, Reading
from tests.deploy.compose import ROOT


def built(tmp_path: Path) -> set[str]:
    """The files of a wheel, built from a copy in which there are pages."""
    described = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    source = tmp_path / "source"
    for package in described["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        ignored = shutil.ignore_patterns("__pycache__", "static")
        shutil.copytree(ROOT / package, source / package, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, source)
    (source / "query_api/static/assets").mkdir(parents=True)
    for name in ("index.html", "assets/index-B8x.js"):
        (source / "query_api/static" / name).touch()
    (source / "playhead/left.log").touch()
    subprocess.run(  # noqa: S603 - from our own environment
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path / "wheel"],
        cwd=source,
        capture_output=True,
        check=True,
        timeout=120,
    )
    (wheel,) = (tmp_path / "wheel").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_has_the_pages_and_the_demo_s_files_and_nothing_ignored(tmp_path: Path) -> None:
    inside = built(tmp_path)
    assert {"query_api/static/index.html", "query_api/static/assets/index-B8x.js"} < inside
    films = [work for work in works() if isinstance(work, Film)]
    wanted = {name for film in films for name in (film.video, film.picture)}
    wanted |= {work.document for work in works() if isinstance(work, Reading)}
    assert {f"playhead/local/demo/files/{name}" for name in wanted} < inside
    assert "playhead/left.log" not in inside
