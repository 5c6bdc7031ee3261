"""deploy/Dockerfile as its instructions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.deploy.compose import DEPLOY


@dataclass(frozen=True)
class Stage:
    """One `FROM` and what follows it."""

    image: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def every(self, name: str) -> list[str]:
        return [arguments for instruction, arguments in self.instructions if instruction == name]


def stages() -> list[Stage]:
    """In their order; the arguments before the first `FROM` are put in where they are used."""
    arguments: dict[str, str] = {}
    found: list[Stage] = []
    for name, rest in _instructions():
        if name == "FROM":
            image = re.sub(r"\$\{(\w+)\}", lambda used: arguments[used[1]], rest.split(" AS ")[0])
            found.append(Stage(image))
        elif not found:
            key, _, value = rest.partition("=")
            arguments[key] = value
        else:
            found[-1].instructions.append((name, rest))
    return found


def _instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    without_comments = re.sub(r"(?m)^\s*#.*\n", "", text)
    lines = re.sub(r"\\\n\s*", " ", without_comments).splitlines()
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines if line.strip())]
