"""Every variable in compose.yaml and .env.example is a setting of the service that it is given to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from playhead.settings import PolicySettings, Settings
from tests.deploy import env_example
from tests.deploy.compose import (
    LISTENING,
    SETTINGS,
    STORES,
    MissingVariableError,
    check_everything,
    environment,
    services,
    variables,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def settings_of(service: str, given: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in [name for name in os.environ if name.startswith("PLAYHEAD_")]:
        monkeypatch.delenv(name)
    for name, value in environment(service, given).items():
        monkeypatch.setenv(name, value)
    return SETTINGS[service]()


def named(service: str) -> set[str]:
    return {name for name in services()[service]["environment"] if name.startswith("PLAYHEAD_")}


def known(kind: type[Settings]) -> set[str]:
    return {f"PLAYHEAD_{field.upper()}" for field in kind.model_fields}


def hosts_in(texts: list[str]) -> set[str]:
    """The stores that these addresses lead to."""
    hosts = {urlsplit(text).hostname if "://" in text else text.partition(":")[0] for text in texts}
    return {host for host in hosts if host in STORES}


@pytest.mark.parametrize("service", SETTINGS)
def test_every_variable_is_a_setting_of_its_service(service: str) -> None:
    assert named(service) <= known(SETTINGS[service])


@pytest.mark.parametrize("service", SETTINGS)
def test_the_settings_accept_a_filled_in_example(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(service, env_example.filled_in(), monkeypatch)
    assert settings.environment == "production"


@pytest.mark.parametrize("service", ["ingest", "query"])
def test_an_issuer_s_keys_do_without_a_secret(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = env_example.with_public_keys()
    check_everything(given)
    settings = settings_of(service, given, monkeypatch)
    assert settings.model_dump()["token_jwks_url"] == given["PLAYHEAD_TOKEN_JWKS_URL"]


@pytest.mark.parametrize("service", LISTENING)
def test_listens_on_its_default_port_for_other_containers(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(service, env_example.filled_in(), monkeypatch).model_dump()
    assert settings[f"{service}_host"] == "0.0.0.0"  # noqa: S104 - inside a container's own network
    assert settings[f"{service}_port"] == LISTENING[service].model_fields[f"{service}_port"].default


@pytest.mark.parametrize("service", SETTINGS)
def test_every_address_that_a_service_uses_is_given(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    used = {
        "migrate": {"kafka_servers", "postgres_dsn", "postgres_reader_dsn", "postgres_admin_dsn"},
        "ingest": {"kafka_servers", "redis_url", "postgres_reader_dsn"},
        "processor": {"kafka_servers", "redis_url", "postgres_dsn"},
        "sink": {"kafka_servers", "postgres_dsn"},
        "query": {"redis_url", "postgres_reader_dsn"},
    }
    settings = settings_of(service, env_example.filled_in(), monkeypatch).model_dump()
    given = {name for name in used["migrate"] | used["processor"] if hosts_in([str(settings.get(name, ""))])}
    assert given == used[service]


@pytest.mark.parametrize("service", SETTINGS)
def test_what_a_service_speaks_to_shares_a_network_and_is_awaited(service: str) -> None:
    described = services()[service]
    for store in hosts_in(list(environment(service, env_example.filled_in()).values())):
        assert set(described["networks"]) & set(services()[store]["networks"])
        awaited = described["depends_on"] | services()["migrate"]["depends_on"]
        assert awaited[store] == {"condition": "service_healthy"}
    if service != "migrate":
        assert described["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


JUDGING = [name for name, kind in SETTINGS.items() if issubclass(kind, PolicySettings)]


def test_the_services_that_judge_progress_are_known() -> None:
    assert JUDGING == ["processor", "sink", "query"]


@pytest.mark.parametrize("service", JUDGING)
def test_every_setting_of_the_policy_reaches_every_service_that_judges_by_it(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = PolicySettings.model_fields.keys() - Settings.model_fields.keys()
    other = {
        "completion_threshold": 0.75,
        "completion_evidence": "watched",
        "credit_max_rate": 2.0,
        "credit_grace_seconds": 5.0,
    }
    assert other.keys() == own  # a new setting is to be given a value here, and a place in compose.yaml
    given = env_example.filled_in() | {
        f"PLAYHEAD_{name.upper()}": str(value) for name, value in other.items()
    }
    settings = settings_of(service, given, monkeypatch)
    assert {name: getattr(settings, name) for name in own} == other


def test_a_missing_password_stops_compose_with_its_name() -> None:
    complete = env_example.filled_in()
    check_everything(complete)
    for name in complete:
        with pytest.raises(MissingVariableError, match=f"set {name} in deploy/.env"):
            check_everything(complete | {name: ""})


def test_the_example_offers_exactly_what_compose_takes() -> None:
    assert env_example.offered().keys() == variables()


def test_the_example_holds_no_secret() -> None:
    passwords = {name for name in env_example.offered() if name.endswith(("_PASSWORD", "_SECRET"))}
    assert len(passwords) == 5
    assert not any(env_example.offered()[name] for name in passwords)


def test_the_example_s_optional_values_are_the_defaults() -> None:
    fields = {
        f"PLAYHEAD_{name.upper()}": field
        for kind in SETTINGS.values()
        for name, field in kind.model_fields.items()
    }
    for name, value in env_example.offered().items():
        if name in fields and not name.startswith("PLAYHEAD_TOKEN_"):
            default = fields[name].default
            default = str(default).lower() if isinstance(default, bool) else default
            assert value == ("" if default in {"", ()} else str(default)) or float(value) == default


def test_only_migrate_holds_the_superuser_s_password() -> None:
    given = env_example.filled_in()
    holders = {
        name
        for name in services()
        if given["POSTGRES_PASSWORD"] in "\n".join(environment(name, given).values())
    }
    assert holders == {"migrate", "postgres"}
