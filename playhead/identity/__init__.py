"""Identity: turns the bearer token of a request into a `Principal`. Identity never comes from a body.

Claims: `sub` is the UUID of the user, `tenant` that of the tenant, `roles` a list of names (none if absent);
`iss`, `aud` and `exp` are required. Verified tokens are cached until they expire, so that verification on the
hot path is a dictionary lookup.

In reading order: `principal`, `verifier`, `keys` and `key_set` (the issuer's public keys), `callers` with
`addresses` (limits unidentified requests by client address), `sign_in` (codes of sign-in links), `scopes`
(whom a principal may act for), `aliases` (merged people), `subjects` (people whom other systems name),
`errors`.
"""

from playhead.identity.callers import Callers, authorization_of
from playhead.identity.errors import (
    ExpiredTokenError,
    IdentityError,
    InvalidTokenError,
    KeysUnavailableError,
    MintingRefusedError,
    MissingTokenError,
    TooManyFailuresError,
    UnknownCodeError,
    UsedCodeError,
)
from playhead.identity.principal import Principal, mint_development_token
from playhead.identity.sign_in import SignInCode
from playhead.identity.verifier import Verifier

__all__ = [
    "Callers",
    "ExpiredTokenError",
    "IdentityError",
    "InvalidTokenError",
    "KeysUnavailableError",
    "MintingRefusedError",
    "MissingTokenError",
    "Principal",
    "SignInCode",
    "TooManyFailuresError",
    "UnknownCodeError",
    "UsedCodeError",
    "Verifier",
    "authorization_of",
    "mint_development_token",
]
