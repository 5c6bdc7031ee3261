"""`playhead settings`: every variable, what it means, its default, and who reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVICES = ("ingest", "processor", "sink", "query", "migrate")


def settings(
    *, markdown: Annotated[bool, typer.Option(help="As docs/configuration.md has it.")] = False
) -> None:
    """List every PLAYHEAD_* variable: its meaning, its default, and which services read it."""
    if markdown:
        print(as_markdown(), end="")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("variable", "default", "meaning", "read by", show_lines=True)
    for row in rows():
        table.add_row(*row)
    Console().print(table)


def as_markdown() -> str:
    """Give the text of `docs/configuration.md`."""
    lines = (
        f"| `{name}` | {f'`{default}`' if default else ''} | {meaning} | {read_by} |"
        for name, default, meaning, read_by in rows()
    )
    return "\n".join((_HEADING, *lines, ""))


_HEADING = """\
# Configuration

Every service reads `PLAYHEAD_*` variables once, when it starts, and names the one that is wrong.
`playhead settings` prints this table; `playhead settings --markdown` writes this page.

| variable | default | meaning | read by |
|---|---|---|---|"""


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Give variable, default, meaning and readers, in the order of the pipeline."""
    from pydantic import SecretStr

    from playhead import settings as module

    classes = {name: getattr(module, f"{name.capitalize()}Settings") for name in SERVICES}
    readers: dict[str, list[str]] = {}
    fields = {}
    for service, kind in classes.items():
        for name, field in kind.model_fields.items():
            readers.setdefault(name, []).append(service)
            fields[name] = field
    for name, field in fields.items():
        default = field.default
        if isinstance(default, SecretStr):
            shown = "for development only"
        elif isinstance(default, tuple):
            shown = ",".join(default)
        else:
            shown = "" if default is None else str(default)
        read_by = "all" if len(readers[name]) == len(SERVICES) else ", ".join(readers[name])
        yield f"PLAYHEAD_{name.upper()}", shown, " ".join((field.description or "").split()), read_by
