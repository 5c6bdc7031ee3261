"""Writes operations/check/rights.json from a migrated database: `python -m … ADMIN_DSN`."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import psycopg

from operations.check import postgres
from operations.check.postgres import found_rights
from sinks.schema import READER, WRITER


def write(admin_dsn: str) -> None:
    """Write the rights of both roles."""
    rights = {}
    for name, role in (("writer", WRITER), ("reader", READER)):
        with psycopg.connect(admin_dsn, user=role) as connection:
            rights[name] = {table: granted for table, granted in found_rights(connection).items() if granted}
    file = Path(postgres.__file__).with_name("rights.json")
    file.write_bytes(msgspec.json.format(msgspec.json.encode(rights), indent=1) + b"\n")


if __name__ == "__main__":
    write(sys.argv[1])
