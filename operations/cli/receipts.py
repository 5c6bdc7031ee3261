"""Receipts of commands, as JSON: printed, or written to a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from operations.cli.failures import failed

if TYPE_CHECKING:
    from pathlib import Path

    from msgspec import Struct


def json_text(receipt: Struct) -> str:
    """The receipt as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(receipt), indent=2).decode()


def write_receipt(receipt: Struct, path: Path) -> None:
    """Write the receipt, or end the command with the reason why that cannot be."""
    try:
        path.write_text(json_text(receipt) + "\n", encoding="utf-8")
    except OSError as error:
        raise failed(f"cannot write the receipt to {path}: {error.strerror}") from error
