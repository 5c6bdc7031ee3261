from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from operations.cli.failures import explained
from operations.cli.options import DEFAULT_DATA_DIR, DataDir
from operations.demo.audience.habits import DEMO_TENANT

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
    *,
    link: Annotated[
        bool, typer.Option("--link", help="Print a link that signs in to the pages with it, once.")
    ] = False,
    link_lifetime: Annotated[
        int, typer.Option(help="Of a link, in seconds: long enough to hand it over.", min=1, max=86_400)
    ] = 600,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Mint a token for the stack that runs on --data-dir, or where PLAYHEAD_ENVIRONMENT is development."""
    from operations.demo.sign_in_links import LinkNotKeptError, sign_in_link
    from operations.local.running_stack import gateway_url, read_settings
    from playhead.identity import MintingRefusedError
    from playhead.settings import SignInSettings

    with explained(MintingRefusedError, LinkNotKeptError):
        settings = read_settings(SignInSettings, data_dir)
        minted = _mint(settings, tenant, user, role or [], lifetime)
        if link:
            minted = sign_in_link(settings, gateway_url(data_dir), minted, link_lifetime)
        print(minted)


def _mint(settings: TokenSettings, tenant: UUID, user: UUID, roles: list[str], lifetime: int) -> str:
    from playhead.identity import mint_development_token
    from playhead.progress.identifiers import TenantId, UserId

    return mint_development_token(settings, TenantId(str(tenant)), UserId(str(user)), roles, lifetime)
