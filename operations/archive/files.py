"""Files that exist complete or not at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from operations.archive.retention import ArchiveFileError


def partial_of(path: Path) -> Path:
    """Where a file is written until it is complete; readers of the directory ignore it."""
    return path.with_name(f".{path.name}.partial")


def make_directory(path: Path) -> Path:
    """Create the directory if it is missing; its absolute path.

    Raises:
        ArchiveFileError: it cannot be created.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveFileError(f"cannot write archives to {path}: {error.strerror}") from error
    return path.resolve()


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flush_to_disk(path: Path) -> None:
    """Return once the file's bytes are on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def put_in_place(partial: Path, path: Path) -> None:
    """Give a complete file its final name; returns once the name is on the disk."""
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def is_intact(path: Path, sha256: str) -> bool:
    """Whether the file is there and has this digest."""
    return path.is_file() and sha256_of(path) == sha256
