"""The examples for a host's backend: their tokens are taken, their key sets read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from playhead.identity import InvalidTokenError, Verifier
from tests.playhead.identity.test_published_keys import OTHER_KEY, RSA_KEY, Issuer, jwk, keys_at, verifying
from tests.playhead.identity.test_verifier import Clock

pytestmark = pytest.mark.anyio

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "tokens"
USER, TENANT = "0b7c2a52-6f0e-4f6e-9a53-5f3f6f1f9d10", "3c8a4d5e-6f0e-4f6e-9a53-5f3f6f1f9d11"
COMMANDS = {"playhead_tokens.py": sys.executable, "playhead_tokens.mjs": "node", "playhead_tokens.php": "php"}


@pytest.fixture(params=sorted(COMMANDS))
def example(request: pytest.FixtureRequest) -> list[str]:
    command = shutil.which(COMMANDS[request.param])
    if command is None:
        pytest.skip(f"this machine has no {COMMANDS[request.param]}")
    return [command, str(EXAMPLES / request.param)]


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    path.write_bytes(RSA_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def ran(example: list[str], key: Path, *arguments: str) -> str:
    environment = os.environ | {"PLAYHEAD_SIGNING_KEY": str(key)}
    done = subprocess.run(
        [*example, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


async def test_its_tokens_are_taken_with_its_key_set(example: list[str], key: Path) -> None:
    issuer = Issuer()
    try:
        issuer.document = json.loads(ran(example, key, "--keys"))
        clock = Clock()
        clock.now = time.time()
        settings = verifying(issuer)
        verifier = Verifier(settings, keys=keys_at(issuer, clock), clock=clock)
        token = ran(example, key, USER, TENANT, "manager")
        principal = await verifier.principal(f"Bearer {token}")
        assert (principal.user_id, principal.tenant_id) == (USER, TENANT)
        assert {str(role) for role in principal.roles} == {"manager"}
        assert (await verifier.principal(f"Bearer {ran(example, key, USER, TENANT)}")).roles == frozenset()

        issuer.publish(jwk(OTHER_KEY, issuer.document["keys"][0]["kid"]))
        with pytest.raises(InvalidTokenError):
            await Verifier(settings, keys=keys_at(issuer, clock), clock=clock).principal(f"Bearer {token}")
    finally:
        issuer.close()


async def test_its_key_set_has_nothing_of_the_private_key(example: list[str], key: Path) -> None:
    (published,) = json.loads(ran(example, key, "--keys"))["keys"]
    assert published.keys() == {"kty", "n", "e", "kid", "alg", "use"}
