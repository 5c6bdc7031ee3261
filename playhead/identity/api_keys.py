"""API keys: what a server sends in place of a person's token. Pure.

A key is `pk_<id>.<secret>`. Its id, `pk_<id>`, is 32 characters of URL-safe Base64: the tenant's UUID and 64
random bits, so that a key is looked up in its tenant's database, under that tenant's row-level security. Of
the secret, 256 random bits, only the SHA-256 is stored. Guessing such a secret is hopeless at any speed, so
a slow hash would protect nothing.
"""

from __future__ import annotations

import binascii
import re
import secrets
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from typing import Literal, NewType, get_args
from uuid import UUID, uuid5

from playhead.identity.errors import ScopeTooSmallError, UnknownKeyError
from playhead.progress.identifiers import TenantId, UserId

KeyScope = Literal["write", "read", "directory"]
"""`write` saves for the tenant's learners, `read` reads their progress and the reports, `directory` reads and
writes the directory."""
KEY_SCOPES: tuple[KeyScope, ...] = get_args(KeyScope)
KeyId = NewType("KeyId", str)

PREFIX = "pk_"
KEY_ID_PATTERN = r"^pk_[A-Za-z0-9_-]{32}$"
_KEY = re.compile(r"(pk_[A-Za-z0-9_-]{32})\.([A-Za-z0-9_-]{43})")
_TENANT_BYTES = 16
_RANDOM_BYTES = 8
_SECRET_BYTES = 32
_ACTORS = UUID("6d1f2d3e-5b1c-5f0e-9d53-0a4a3c1c7b11")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is sent: its id and its secret."""

    key_id: KeyId
    secret: str = field(repr=False)

    @classmethod
    def new(cls, tenant: TenantId) -> ApiKey:
        """A new random key of the tenant."""
        raw = UUID(tenant).bytes + secrets.token_bytes(_RANDOM_BYTES)
        key_id = KeyId(PREFIX + urlsafe_b64encode(raw).decode())
        return cls(key_id, secrets.token_urlsafe(_SECRET_BYTES))

    @property
    def digest(self) -> bytes:
        """What is stored of the secret."""
        return sha256(self.secret.encode()).digest()

    @property
    def text(self) -> str:
        """The whole key, as it is shown once and sent as a bearer token."""
        return f"{self.key_id}.{self.secret}"


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key as PostgreSQL has it."""

    key_id: KeyId
    digest: bytes = field(repr=False)
    scopes: frozenset[KeyScope]
    is_revoked: bool

    def caller(self, key: ApiKey) -> ApiCaller:
        """Who sends the key; the secret is compared in constant time.

        Raises:
            UnknownKeyError: the secret is another, or the key was revoked.
        """
        if not compare_digest(self.digest, key.digest):
            raise UnknownKeyError
        if self.is_revoked:
            raise UnknownKeyError("this API key was revoked")
        return ApiCaller(tenant_of(self.key_id), self.key_id, self.scopes)


@dataclass(frozen=True, slots=True)
class ApiCaller:
    """A server that is identified by a key of the tenant. It is no person."""

    tenant_id: TenantId
    key_id: KeyId
    scopes: frozenset[KeyScope]

    def require(self, scope: KeyScope) -> None:
        """Permit keys with the scope only.

        Raises:
            ScopeTooSmallError: the key has it not.
        """
        if scope not in self.scopes:
            raise ScopeTooSmallError(scope, self.scopes)

    @property
    def actor_id(self) -> UserId:
        """The id that the audit trail, and the evidence of marks, have of the key."""
        return actor_of(self.key_id)


def actor_of(key_id: KeyId) -> UserId:
    """The id under which the audit trail has what a key did; no person has it."""
    return UserId(str(uuid5(_ACTORS, key_id)))


def tenant_of(key_id: KeyId) -> TenantId:
    """The tenant whose key it is."""
    raw = urlsafe_b64decode(key_id.removeprefix(PREFIX))
    return TenantId(str(UUID(bytes=raw[:_TENANT_BYTES])))


def key_of(authorization: str | None) -> ApiKey | None:
    """The key in the value of an Authorization header: `Bearer pk_….…`, or Basic with id and secret.

    None if the header holds none, such as a person's token.

    Raises:
        UnknownKeyError: it holds what is no key, where only a key can be.
    """
    scheme, _, value = (authorization or "").partition(" ")
    value = value.strip()
    if scheme.lower() == "bearer" and value.startswith(PREFIX):
        return _parsed(value)
    if scheme.lower() == "basic":
        return _parsed(_basic(value).replace(":", ".", 1))
    return None


def scopes_of(names: Iterable[str]) -> frozenset[KeyScope]:
    """The scopes by their names; a scope of a later release is passed over, and so permits nothing."""
    named = set(names)
    return frozenset(scope for scope in KEY_SCOPES if scope in named)


def _basic(value: str) -> str:
    try:
        return b64decode(value, validate=True).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise UnknownKeyError from error


def _parsed(text: str) -> ApiKey:
    found = _KEY.fullmatch(text)
    if found is None:
        raise UnknownKeyError
    return ApiKey(KeyId(found[1]), found[2])
