from __future__ import annotations

import pytest
from typer.testing import CliRunner

from playhead.audience.habits import DEMO_TENANT
from playhead.cli.main import app
from playhead.identity import Verifier
from playhead.settings import TokenSettings

RUNNER = CliRunner()


@pytest.mark.anyio
async def test_mints_a_token_that_ingest_accepts() -> None:
    minted = RUNNER.invoke(app, ["token", "--role", "manager", "--role", "author", "--lifetime", "60"])
    assert minted.exit_code == 0
    principal = await Verifier(TokenSettings()).principal(f"Bearer {minted.stdout.strip()}")
    assert principal.tenant_id == DEMO_TENANT
    assert principal.roles == {"manager", "author"}


def test_is_refused_outside_development(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYHEAD_ENVIRONMENT", "production")
    monkeypatch.setenv("PLAYHEAD_TOKEN_SECRET", "s" * 32)
    refused = RUNNER.invoke(app, ["token"])
    assert refused.exit_code == 1
    assert "only in development" in refused.stderr
