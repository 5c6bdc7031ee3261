"""PostgreSQL refuses to run as root; this finds who shall run it instead."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from operations.local.errors import UnprivilegedUserError

if TYPE_CHECKING:
    from pathlib import Path

_CANDIDATES = ("postgres", "nobody")
"""Both are ordinary on a server; no user is created on somebody's machine."""


@dataclass(frozen=True, slots=True)
class SystemUser:
    """An unprivileged account."""

    name: str
    uid: int
    gid: int

    def can_use(self, path: Path) -> bool:
        """Ask as that user: the way to a path counts as much as the path's own mode."""
        checked = subprocess.run(
            ["test", "-x", str(path)],  # noqa: S607
            user=self.uid,
            group=self.gid,
            extra_groups=[],
            check=False,
            cwd="/",
        )
        return checked.returncode == 0


def unprivileged_user() -> SystemUser | None:
    """Who runs PostgreSQL; None when that is who runs this process already."""
    if os.geteuid() != 0:
        return None
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return SystemUser(name, entry.pw_uid, entry.pw_gid)
    raise UnprivilegedUserError(_CANDIDATES)
