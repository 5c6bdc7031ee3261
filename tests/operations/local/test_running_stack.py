from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from operations.cli.failures import describe
from operations.local.data_dir import DataDir
from operations.local.running_stack import StackFile, gateway_url, read_settings, running_stack, settings_from
from playhead.settings import QuerySettings, TokenSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STACK = StackFile(
    ports={"gateway": 18_080},
    environment={"PLAYHEAD_REDIS_URL": "redis://stack/0", "PLAYHEAD_KAFKA_SERVERS": "stack:9"},
)


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """The data directory of a stack that runs."""
    with DataDir(tmp_path) as data:
        STACK.write(data.stack_file)
        yield tmp_path


def test_environment_wins_then_a_running_stack_then_defaults(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYHEAD_REDIS_URL", "redis://mine/1")
    settings = read_settings(QuerySettings, data_dir)
    assert settings.redis_url == "redis://mine/1"
    assert settings.kafka_servers == "stack:9"
    assert settings.query_port == 8084
    assert gateway_url(data_dir) == "http://127.0.0.1:18080"


def test_stack_that_no_longer_runs_is_not_asked(tmp_path: Path) -> None:
    STACK.write(tmp_path / "stack.json")
    assert running_stack(tmp_path) is None
    assert read_settings(QuerySettings, tmp_path).kafka_servers == "127.0.0.1:9092"
    assert gateway_url(tmp_path) == "http://127.0.0.1:8080"


def test_a_setting_that_a_service_does_not_have_is_not_passed_to_it() -> None:
    assert settings_from(TokenSettings, STACK.environment, {}) == TokenSettings()


def test_wrong_variable_is_named() -> None:
    with pytest.raises(ValidationError) as caught:
        settings_from(QuerySettings, {"PLAYHEAD_QUERY_PORT": "http"}, {})
    assert describe(caught.value).startswith("PLAYHEAD_QUERY_PORT: Input should be a valid integer")


def test_rule_over_several_variables_names_them_itself() -> None:
    with pytest.raises(ValidationError) as caught:
        settings_from(TokenSettings, {"PLAYHEAD_ENVIRONMENT": "production"}, {})
    assert describe(caught.value).startswith("PLAYHEAD_TOKEN_SECRET is the development secret: set one")
