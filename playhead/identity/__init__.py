"""Who is speaking: a bearer token becomes a `Principal`. Identity never comes from a body.

Claims: `sub` is the user's UUID, `tenant` the tenant's, `roles` a list of names (absent: none); `iss`,
`aud` and `exp` are required. Verified tokens are remembered until they expire, so on the hot path
verifying is a dictionary lookup.
"""

from playhead.identity.authorization import authorization_of
from playhead.identity.callers import Callers
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
from playhead.identity.minting import mint_development_token
from playhead.identity.principal import Principal
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
