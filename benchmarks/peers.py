"""The environment of the peers that ask for other versions than the product: `make bench` makes it."""

from __future__ import annotations

import re
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
PYTHON = _ROOT / ".tools" / "peers" / "bin" / "python"


def installed() -> bool:
    """Whether the environment has been made."""
    return PYTHON.exists()


def locked_version(package: str) -> str:
    """The version of a package there, by the lock."""
    lock = (_ROOT / "benchmarks" / "peers.lock").read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(package)}==(\S+)", lock, re.MULTILINE)
    if found is None:
        raise LookupError(f"benchmarks/peers.lock has no {package}")
    return found[1]
