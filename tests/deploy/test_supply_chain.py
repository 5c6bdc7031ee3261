"""What the product is made of can be listed, checked and pinned."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.compose import ROOT, compose, interpolate, services
from tests.deploy.dockerfile import stages

DIGEST = f"sha256:{'0123456789abcdef' * 4}"
_PINNED = re.compile(r"(?m)^([A-Za-z0-9_.-]+)(?:\[[a-z,]+\])?==([^\s;]+)")


def locked() -> set[tuple[str, str]]:
    """Names and versions of the Python lock."""
    return set(_PINNED.findall((ROOT / "requirements.lock").read_text("utf-8")))


def test_everything_in_the_python_lock_has_hashes() -> None:
    entries = re.split(
        r"\n(?=[a-z])", (ROOT / "requirements.lock").read_text("utf-8").strip(), flags=re.IGNORECASE
    )
    assert len(entries) >= len(locked()) > 100
    assert [each.split(" ")[0] for each in entries if "--hash=sha256:" not in each] == []


def test_the_peers_of_the_benchmarks_share_the_versions_but_one_and_hold_nothing_back() -> None:
    peers = dict(_PINNED.findall((ROOT / "benchmarks/peers.lock").read_text("utf-8")))
    product = dict(locked())
    assert "quixstreams" in peers.keys() - product.keys()
    shared = peers.keys() & product.keys()
    assert {name for name in shared if peers[name] != product[name]} == {"confluent-kafka"}


def test_everything_in_the_pages_lock_has_its_integrity() -> None:
    packages: dict[str, Any] = json.loads((ROOT / "web/package-lock.json").read_text("utf-8"))["packages"]
    without = [name for name, each in packages.items() if name and "integrity" not in each]
    assert len(packages) > 100
    assert without == []


def test_the_bill_of_materials_lists_the_whole_lock(tmp_path: Path) -> None:
    rules = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ")
    (command,) = re.findall(r"\$\(BIN\)/(cyclonedx-py .*)", rules)
    file = tmp_path / "python.cdx.json"
    words = [file if word == "sbom/python.cdx.json" else word for word in command.split()]
    subprocess.run(
        [Path(sys.executable).parent / words[0], *words[1:]],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=240,
    )

    made = json.loads(file.read_text("utf-8"))
    assert made["bomFormat"] == "CycloneDX"
    assert {(each["name"], each["version"]) for each in made["components"]} == locked()
    assert all(each["purl"].startswith("pkg:pypi/") for each in made["components"])


@pytest.mark.parametrize("name", ["kafka", "postgres", "valkey", "gateway"])
def test_what_runs_can_be_pinned_by_digest(name: str) -> None:
    written = services()[name]["image"]
    variable = re.fullmatch(r"\$\{([A-Z]+_IMAGE):-.+\}", written)
    assert variable
    assert interpolate(written, {variable[1]: f"one:1.0@{DIGEST}"}) == f"one:1.0@{DIGEST}"


def test_what_it_is_built_on_can_be_pinned_by_digest() -> None:
    arguments = compose()["x-playhead"]["build"]["args"]
    text = (ROOT / "deploy/Dockerfile").read_text("utf-8")
    assert set(re.findall(r"(?m)^FROM \$\{(\w+)\}", text)) == set(arguments)
    assert {interpolate(each, {}) for each in arguments.values()} == {stage.image for stage in stages()}
    given = dict.fromkeys(arguments, f"one:1.0@{DIGEST}")
    assert {interpolate(each, given) for each in arguments.values()} == {f"one:1.0@{DIGEST}"}
