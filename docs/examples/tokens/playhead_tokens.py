"""Tokens for the people of your site, in Python with PyJWT and cryptography.

Run as a program, it prints one, or with `--keys` the public key set:

    PLAYHEAD_SIGNING_KEY=key.pem python playhead_tokens.py USER_ID TENANT [ROLE…]
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

LIFETIME_S = 15 * 60


def _public_key(pem: bytes) -> dict[str, Any]:
    key = load_pem_private_key(pem, None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the signing key is not of RSA")
    described: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    digest = hashlib.sha256(described["n"].encode()).digest()
    kid = base64.urlsafe_b64encode(digest).decode()[:16]
    return {"kty": "RSA", "n": described["n"], "e": described["e"], "kid": kid, "alg": "RS256", "use": "sig"}


def key_set(pem: bytes) -> dict[str, Any]:
    """What you serve at the address that PLAYHEAD_TOKEN_JWKS_URL names."""
    return {"keys": [_public_key(pem)]}


def token_for(pem: bytes, user: str, tenant: str, roles: Sequence[str] = ()) -> str:
    """A token of the person whom your session names: never of an id that the request names."""
    now = int(time.time())
    who = {"iss": "playhead", "aud": "playhead", "sub": user, "tenant": tenant, "roles": list(roles)}
    claims = {**who, "iat": now, "exp": now + LIFETIME_S}
    return jwt.encode(claims, pem, "RS256", {"kid": _public_key(pem)["kid"]})


if __name__ == "__main__":
    signing_key = Path(os.environ["PLAYHEAD_SIGNING_KEY"]).read_bytes()
    first, *rest = sys.argv[1:]
    made = (
        json.dumps(key_set(signing_key))
        if first == "--keys"
        else token_for(signing_key, first, rest[0], rest[1:])
    )
    sys.stdout.write(f"{made}\n")
