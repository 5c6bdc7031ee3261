"""Identity: turns the Authorization header of a request into a `Principal`, or an `ApiCaller` of an API key.

Identity never comes from a body. Begin with `Callers.caller`.

Claims: settings name those of the person (`sub`), the tenant (`tenant`) and the roles (`roles`, none if
absent); `iss`, `aud` and `exp` are required. Verified tokens are cached until they expire, so that
verification on the hot path is a dictionary lookup.

In reading order: `principal`, `claims` (which ones name whom), `verifier`, `keys` and `key_set` (the
issuer's public keys), `api_keys` and `key_verifier` (keys of servers), `callers` with `addresses` (limits
unidentified requests by client address), `sign_in` (codes of sign-in links), `scopes` (whom a principal may
act for), `aliases` (merged people), `subjects` (people whom other systems name), `errors`.
"""

from playhead.identity.api_keys import ApiCaller, ApiKey
from playhead.identity.callers import Callers, authorization_of
from playhead.identity.errors import (
    ExpiredTokenError,
    IdentityError,
    InvalidTokenError,
    KeyStoreAwayError,
    KeysUnavailableError,
    MintingRefusedError,
    MissingTokenError,
    ScopeTooSmallError,
    TooManyFailuresError,
    UnknownCodeError,
    UnknownKeyError,
    UsedCodeError,
)
from playhead.identity.key_verifier import KeyVerifier
from playhead.identity.principal import Principal, mint_development_token
from playhead.identity.sign_in import SignInCode
from playhead.identity.verifier import Verifier

__all__ = [
    "ApiCaller",
    "ApiKey",
    "Callers",
    "ExpiredTokenError",
    "IdentityError",
    "InvalidTokenError",
    "KeyStoreAwayError",
    "KeyVerifier",
    "KeysUnavailableError",
    "MintingRefusedError",
    "MissingTokenError",
    "Principal",
    "ScopeTooSmallError",
    "SignInCode",
    "TooManyFailuresError",
    "UnknownCodeError",
    "UnknownKeyError",
    "UsedCodeError",
    "Verifier",
    "authorization_of",
    "mint_development_token",
]
