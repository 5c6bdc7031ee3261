from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from operations.cli.main import app
from operations.demo.audience.habits import DEMO_TENANT
from operations.local.data_dir import DataDir
from operations.local.running_stack import StackFile
from playhead.identity import Verifier
from playhead.settings import TokenSettings

if TYPE_CHECKING:
    from pathlib import Path

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


def test_is_for_the_stack_that_runs_here_though_nothing_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PLAYHEAD_ENVIRONMENT")
    asked = ["token", "--data-dir", str(tmp_path)]
    with DataDir(tmp_path) as data:
        StackFile(environment={"PLAYHEAD_ENVIRONMENT": "development"}).write(data.stack_file)
        assert RUNNER.invoke(app, asked).exit_code == 0
    refused = RUNNER.invoke(app, asked)
    assert refused.exit_code == 2
    assert "`playhead up` runs everything" in refused.stderr
