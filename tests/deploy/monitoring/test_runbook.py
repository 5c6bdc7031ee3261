"""Each alert has a section of the runbook; the commands, settings, metrics and panels that it names exist."""

from __future__ import annotations

import re

from typer.main import get_command

from operations.cli.main import app
from tests.deploy.compose import ROOT
from tests.deploy.monitoring.rules import alerts, panels, registry

RUNBOOK = ROOT / "docs" / "operations" / "runbook.md"
PARTS = ("**Means**", "**Learners see**", "**Look at**", "**Do**")


def text() -> str:
    return RUNBOOK.read_text("utf-8")


def sections() -> dict[str, str]:
    """Each section of an alert, by its title."""
    found = re.split(r"(?m)^### (\w+)$", text())
    return dict(zip(found[1::2], found[2::2], strict=True))


def test_each_alert_has_a_section_and_no_other_has() -> None:
    assert sections().keys() == alerts().keys()


def test_the_address_of_an_alert_leads_to_its_section() -> None:
    for name, rule in alerts().items():
        path, _, anchor = rule["annotations"]["runbook_url"].partition("#")
        assert path.endswith("/docs/operations/runbook.md")
        assert anchor == name.lower()  # as headings become anchors


def test_a_section_says_what_it_means_what_learners_see_what_to_look_at_and_what_to_do() -> None:
    for name, section in sections().items():
        starts = [section.find(f"- {part}: ") for part in PARTS]
        assert -1 not in starts, name
        assert starts == sorted(starts), name


def test_the_commands_that_it_names_exist() -> None:
    command = get_command(app)
    named = set(re.findall(r"playhead ([a-z][a-z-]+)(?: ([a-z]+))?((?: --[a-z-]+)*)", text()))
    assert len(named) > 5
    for name, sub, options in named:
        found = getattr(command, "commands")[name]  # noqa: B009 - a group, which its type does not say
        if sub and hasattr(found, "commands"):
            found = found.commands[sub]
        known = {option for parameter in found.params for option in parameter.opts}
        assert set(options.split()) <= known, name


def test_the_settings_that_it_names_exist() -> None:
    configuration = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    named = set(re.findall(r"PLAYHEAD_[A-Z_]+", text()))
    assert named
    assert [each for each in named if f"`{each}`" not in configuration] == []


def test_the_metrics_that_it_names_exist() -> None:
    named = set(re.findall(r"playhead_[a-z_]+", text()))
    assert named
    assert [each for each in named if not any(name.startswith(each) for name in registry())] == []


def test_the_panels_that_it_names_exist() -> None:
    full = {panel["title"] for panel in panels()}
    titles = full | {each.partition(",")[0] for each in full}
    named = set(re.findall(r"\*([A-Z][^*]+)\*(?!\*)", re.sub(r"\*\*[^*]+\*\*", "", text())))
    assert len(named) > 8
    assert named <= titles
