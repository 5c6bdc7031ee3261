"""Options that several commands share, and their checks."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from operations.cli.failures import failed
from operations.demo.audience.habits import DEMO_TENANT
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import TokenSettings

DEFAULT_DATA_DIR = Path(".playhead")
AUDIENCE_TENANT = UUID(DEMO_TENANT)
DEMO_USER = UUID("00000000-0000-4000-8000-000000000001")

DataDirOption = Annotated[
    Path,
    typer.Option(
        "--data-dir",
        envvar="PLAYHEAD_DATA_DIR",
        help="Where the local stack keeps its data, and its addresses for other commands.",
        file_okay=False,
    ),
]
ApiOption = Annotated[str | None, typer.Option(help="The API; default: the stack on this machine.")]
TenantOption = Annotated[str, typer.Option(help="The tenant's UUID.")]
UserOption = Annotated[str, typer.Option(help="The person's UUID.")]
YesOption = Annotated[bool, typer.Option(help="Do not ask.")]


def confirm(question: str, otherwise: str) -> None:
    """Ask; the command ends unless the answer is yes.

    Args:
        question: What to ask.
        otherwise: What is so if it cannot be asked, without a terminal.
    """
    if not sys.stdin.isatty():
        raise failed(f"{otherwise}: without a terminal to ask on, pass --yes.")
    typer.confirm(question, abort=True)


def say(what: str) -> None:
    """Print what begins, on the error output."""
    print(f"{what} …", file=sys.stderr, flush=True)


def development_token(
    settings: TokenSettings, tenant: UUID, user: UUID, roles: Sequence[str], lifetime_seconds: int = 86_400
) -> str:
    """Mint a token.

    Raises:
        MintingRefusedError: the environment is not development.
    """
    from playhead.identity import mint_development_token

    return mint_development_token(settings, TenantId(str(tenant)), UserId(str(user)), roles, lifetime_seconds)


class IdentifierError(Exception):
    """An option that is to be a UUID is none."""


def identifier(option: str, text: str) -> str:
    """The canonical form of a UUID.

    Raises:
        IdentifierError: the text is no UUID.
    """
    try:
        return str(UUID(text))
    except ValueError as error:
        raise IdentifierError(f"--{option} {text!r} is no UUID") from error
