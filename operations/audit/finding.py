"""What an audit yields."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

FindingKind = Literal[
    "ledger", "summary", "counter", "requirement", "row", "session", "course", "erased", "hot", "database"
]


class Finding(Struct, frozen=True):
    """A difference between what is stored and what it derives from."""

    kind: FindingKind
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject}: {self.detail}"
