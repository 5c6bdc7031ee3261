"""A login by AWS_MSK_IAM at the broker of the tests: Amazon's signer is replaced, everything else is real."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from playhead.kafka import tokens
from tests.kafka_security.broker import SecureKafka

REGION = "eu-central-1"
_FAKE = Path(__file__).parent / "fake_signer"
_SIGNER = "aws_msk_iam_sasl_signer"


@dataclass(frozen=True, slots=True)
class FakeSigner:
    """The fake, for this process and for those that it starts."""

    log: Path

    def count(self) -> int:
        """How many tokens were signed."""
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


def install(patch: pytest.MonkeyPatch, directory: Path, token_seconds: float = 300.0) -> FakeSigner:
    """Have tokens of so many seconds signed by the fake; undone with the patch."""
    signer = FakeSigner(directory / "tokens.log")
    patch.setitem(sys.modules, _SIGNER, import_module(f"tests.kafka_security.fake_signer.{_SIGNER}"))
    patch.setenv("PYTHONPATH", str(_FAKE))
    patch.setenv("FAKE_SIGNER_LOG", str(signer.log))
    patch.setenv("FAKE_SIGNER_SECONDS", str(token_seconds))
    become(patch, "ingest")
    return signer


def become(patch: pytest.MonkeyPatch, user: str) -> None:
    """Have the credentials of this user, which Amazon's own library finds in the environment."""
    for name, value in credentials(user).items():
        patch.setenv(name, value)
    forget_credentials()


def credentials(user: str) -> dict[str, str]:
    """Variables that Amazon's own library reads."""
    return {"AWS_ACCESS_KEY_ID": user, "AWS_SECRET_ACCESS_KEY": "secret"}


def forget_credentials() -> None:
    """Have this process look for them again."""
    tokens._credentials.cache_clear()


def without_credentials(patch: pytest.MonkeyPatch, directory: Path) -> None:
    """Have none: neither variables, files, nor a machine's role."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.delenv(name, raising=False)
    patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    patch.setenv("AWS_CONFIG_FILE", str(directory / "none"))
    patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(directory / "none"))
    forget_credentials()


def settings_of(broker: SecureKafka, **changed: object) -> dict[str, object]:
    """The settings that lead to the broker."""
    return {
        "kafka_servers": broker.sasl_servers,
        "kafka_security_protocol": "SASL_SSL",
        "kafka_sasl_mechanism": "AWS_MSK_IAM",
        "kafka_aws_region": REGION,
        "kafka_ssl_ca": broker.authority.path,
        **changed,
    }
