"""Files that are there whole or not at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from operations.archive.retention import ArchiveFileError


def partial_of(path: Path) -> Path:
    """Where a file is written until it is whole; readers of the directory pass it over."""
    return path.with_name(f".{path.name}.partial")


def directory(path: Path) -> Path:
    """The directory, made if need be, as an absolute path.

    Raises:
        ArchiveFileError: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveFileError(f"cannot write archives to {path}: {error.strerror}") from error
    return path.resolve()


def sha256_of(path: Path) -> str:
    """The digest of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def secure(path: Path) -> None:
    """Have the file on the disk before anything is built on it."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def put_in_place(partial: Path, path: Path) -> None:
    """Give a whole file its name, and have the name on the disk."""
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def is_intact(path: Path, sha256: str) -> bool:
    """Whether the file is there and is the one whose digest was recorded."""
    return path.is_file() and sha256_of(path) == sha256
