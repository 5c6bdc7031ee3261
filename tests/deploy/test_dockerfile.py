from __future__ import annotations

import json
import re
import tomllib
from typing import Any

from tests.deploy.compose import LISTENING, ROOT
from tests.deploy.dockerfile import stages


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def copied() -> set[str]:
    """What the build takes from the repository."""
    return {
        source
        for stage in stages()
        for arguments in stage.every("COPY")
        if not arguments.startswith("--from=")
        for source in arguments.split()[:-1]
    }


def test_the_pages_are_built_with_one_pinned_node_and_get_into_the_package() -> None:
    pages, build, _ = stages()
    found = re.fullmatch(r"node:(\d+)\.(\d+)\.\d+-[a-z]+-slim", pages.image)
    assert found
    assert (int(found[1]), int(found[2])) >= (22, 12)  # what Vite asks for
    (workdir,) = pages.every("WORKDIR")
    taken = [arguments for arguments in build.every("COPY") if arguments.startswith("--from=pages ")]
    assert taken == [f"--from=pages {workdir.removesuffix('web')}query_api/static query_api/static"]
    assert "query_api/static/**" in project()["tool"]["hatch"]["build"]["artifacts"]
    installs = next(each for each in build.instructions if each[0] == "RUN" and each[1].endswith(" ."))
    assert build.instructions.index(("COPY", taken[0])) < build.instructions.index(installs)


def test_both_stages_begin_with_one_pinned_python_that_the_project_supports() -> None:
    _, build, runtime = stages()
    assert build.image == runtime.image
    version = re.fullmatch(r"python:(\d+\.\d+)\.\d+-slim-[a-z]+", build.image)
    assert version
    assert version[1] == (ROOT / ".python-version").read_text("utf-8").strip()


def test_what_is_copied_is_there() -> None:
    assert not [source for source in copied() if not (ROOT / source).exists()]


def test_every_package_and_what_its_metadata_names_is_copied() -> None:
    described = project()
    packages = set(described["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    named = {described["project"]["readme"], *described["project"]["license-files"]}
    of_python = {source for source in copied() if source.partition("/")[0] != "web"}
    assert of_python == packages | named | {"hatch_build.py", "pyproject.toml", "requirements.lock"}


def test_the_build_is_sent_what_it_copies_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    sent = {rule[1:] for rule in rules if rule.startswith("!")}
    assert sent == {source.partition("/")[0] for source in copied()}
    assert {"query_api/static", "web/dist", "web/node_modules"} < set(rules)


def test_dependencies_come_from_the_lock_by_their_hashes() -> None:
    _, build, _ = stages()
    (dependencies,) = [run for run in build.every("RUN") if "--requirements pyproject.toml" in run]
    assert "--require-hashes" in dependencies
    assert "--constraints requirements.lock" in dependencies
    extras = set(re.findall(r"--extra (\w+)", dependencies))
    assert extras == {"otel", "export", "msk"}
    assert extras <= project()["project"]["optional-dependencies"].keys()
    assert not any("--group" in run or "--editable" in run for run in build.every("RUN"))


def test_the_installer_is_pinned() -> None:
    _, build, _ = stages()
    assert [run for run in build.every("RUN") if re.search(r"pip install uv==\d+\.\d+\.\d+$", run)]


def test_runs_as_nobody_in_particular() -> None:
    *_, runtime = stages()
    assert runtime.every("USER") == ["10001:10001"]
    assert runtime.instructions.index(("USER", "10001:10001")) < runtime.instructions.index(
        ("ENTRYPOINT", '["playhead"]')
    )


def test_one_image_holds_every_command() -> None:
    *_, runtime = stages()
    (entry,) = (json.loads(arguments) for arguments in runtime.every("ENTRYPOINT"))
    assert entry == list(project()["project"]["scripts"])
    assert runtime.every("STOPSIGNAL") == ["SIGTERM"]
    assert not runtime.every("HEALTHCHECK")


def test_exposes_the_default_ports() -> None:
    *_, runtime = stages()
    ports = {str(kind.model_fields[f"{name}_port"].default) for name, kind in LISTENING.items()}
    assert {port for ports_ in runtime.every("EXPOSE") for port in ports_.split()} == ports


def test_the_label_tells_the_version() -> None:
    *_, runtime = stages()
    assert f"VERSION={project()['project']['version']}" in runtime.every("ARG")
    assert any('image.version="${VERSION}"' in label for label in runtime.every("LABEL"))


def test_holds_no_secret() -> None:
    set_there = [
        arguments for stage in stages() for name in ("ARG", "ENV") for arguments in stage.every(name)
    ]
    assert not [text for text in set_there if re.search(r"SECRET|PASSWORD|TOKEN|_DSN", text, re.IGNORECASE)]
