from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from playhead.audience.habits import DEMO_TENANT
from playhead.cli.failures import explained
from playhead.cli.options import DEFAULT_DATA_DIR, DataDir

if TYPE_CHECKING:
    from playhead.settings import TokenSettings

AUDIENCE_TENANT = UUID(DEMO_TENANT)
DEMO_USER = UUID("00000000-0000-4000-8000-000000000001")


def token(
    tenant: Annotated[
        UUID, typer.Option(help="The tenant's UUID; the simulated audience's by default.")
    ] = AUDIENCE_TENANT,
    user: Annotated[UUID, typer.Option(help="The user's UUID.")] = DEMO_USER,
    role: Annotated[list[str] | None, typer.Option(help="A role; may be given several times.")] = None,
    lifetime: Annotated[int, typer.Option(help="In seconds.", min=1)] = 86_400,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Mint a token for the stack that runs on --data-dir, or where PLAYHEAD_ENVIRONMENT is development."""
    from playhead.cli.running_stack import read_settings  # noqa: PLC0415 - loads every client library
    from playhead.identity import MintingRefusedError  # noqa: PLC0415 - loads the cryptography
    from playhead.settings import TokenSettings  # noqa: PLC0415

    with explained(MintingRefusedError):
        print(_mint(read_settings(TokenSettings, data_dir), tenant, user, role or [], lifetime))  # noqa: T201 - a command speaks to a person


def _mint(settings: TokenSettings, tenant: UUID, user: UUID, roles: list[str], lifetime: int) -> str:
    from playhead.identity import mint_development_token  # noqa: PLC0415
    from playhead.progress.identifiers import TenantId, UserId  # noqa: PLC0415

    return mint_development_token(settings, TenantId(str(tenant)), UserId(str(user)), roles, lifetime)
