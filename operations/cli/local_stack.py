"""`playhead up`, `doctor` and `token`: a stack on this machine, its checks, and tokens for it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from operations.cli.deployment import show_checks
from operations.cli.failures import FAILED, explained
from operations.cli.options import (
    AUDIENCE_TENANT,
    DEFAULT_DATA_DIR,
    DEMO_USER,
    DataDirOption,
    development_token,
)
from operations.local.running_stack import gateway_url, read_settings
from playhead.settings import SignInSettings


def up(
    port: Annotated[int, typer.Option(help="The one port to open in a browser.", min=0, max=65535)] = 8080,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    *,
    demo: Annotated[
        bool, typer.Option(help="Add an organisation with a past, films to watch, and a simulated audience.")
    ] = False,
    browser: Annotated[bool, typer.Option(help="Open the demo's library, where there is a screen.")] = True,
    partitions: Annotated[int, typer.Option(help="Of each topic, when it is made.", min=1, max=1000)] = 4,
    brokers: Annotated[
        int, typer.Option(help="Of Kafka; with three or more, each record has three copies.", min=1, max=9)
    ] = 1,
) -> None:
    """Run it all on this machine: Kafka, Redis, PostgreSQL, the four services and a gateway before them."""
    from operations.directory import DirectoryCallError
    from operations.local.errors import LocalStackError
    from operations.up.run import Options, run
    from playhead.kafka.topics import TopicsError
    from sinks.schema import MigrationError

    with explained(LocalStackError, TopicsError, MigrationError, DirectoryCallError):
        run(
            Options(
                port=port,
                data_dir=data_dir,
                demo=demo,
                browser=browser,
                partitions=partitions,
                brokers=brokers,
            )
        )


def doctor(
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    port: Annotated[int, typer.Option(help="That `playhead up` would take.", min=0, max=65535)] = 8080,
) -> None:
    """Check what the local stack needs, and how a running one fares; name the way out of what is wrong."""
    from operations.local.checks import every_check

    if not show_checks(every_check(data_dir, port)):
        raise typer.Exit(FAILED)


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
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Mint a token for the stack that runs on --data-dir, or where PLAYHEAD_ENVIRONMENT is development."""
    from operations.demo.sign_in_links import LinkNotKeptError, sign_in_link
    from playhead.identity import MintingRefusedError

    with explained(MintingRefusedError, LinkNotKeptError):
        settings = read_settings(SignInSettings, data_dir)
        minted = development_token(settings, tenant, user, role or [], lifetime)
        if link:
            minted = sign_in_link(settings, gateway_url(data_dir), minted, link_lifetime)
        print(minted)
