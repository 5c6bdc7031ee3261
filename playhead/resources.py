"""Texts that ship beside a module: SQL statements and Lua scripts."""

from __future__ import annotations

from importlib.resources import files


def read_text(package: str, name: str) -> str:
    """Read the file `name` of the package, as in `read_text("sinks.tables", "progress.sql")`.

    Raises:
        FileNotFoundError: the package holds no such file.
    """
    return files(package).joinpath(name).read_text(encoding="utf-8")
