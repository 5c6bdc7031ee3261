"""The options that name a person."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

Tenant = Annotated[str, typer.Option(help="The tenant's UUID.")]
User = Annotated[str, typer.Option(help="The person's UUID.")]


def identifier(option: str, text: str) -> str:
    """The canonical form of a UUID.

    Raises:
        PersonError: it is none.
    """
    from operations.archive.retention import PersonError

    try:
        return str(UUID(text))
    except ValueError as error:
        raise PersonError(f"--{option} {text!r} is no UUID") from error
