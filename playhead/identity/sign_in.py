"""Codes of sign-in links, which replace the token in the link: addresses stay in the browser's history.

A page exchanges the code, once and within its lifetime, for the token that Redis holds under the hash of the
code.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256

CODE_PATTERN = r"^[A-Za-z0-9_-]{43}$"
USED = ""
"""Replaces the token in Redis once the code is exchanged, for the rest of the code's lifetime."""
_CODE_BYTES = 32


@dataclass(frozen=True, slots=True)
class SignInCode:
    """256 random bits in URL-safe Base64."""

    value: str = field(repr=False)

    def __post_init__(self) -> None:
        if re.fullmatch(CODE_PATTERN, self.value) is None:
            raise ValueError("a sign-in code has 43 characters of URL-safe Base64")

    @classmethod
    def new(cls) -> SignInCode:
        """A new random code."""
        return cls(secrets.token_urlsafe(_CODE_BYTES))

    @property
    def digest(self) -> str:
        """By which Redis has the token: it does not have the code."""
        return sha256(self.value.encode()).hexdigest()

    def link(self, origin: str, path: str = "/") -> str:
        """The address that signs in with the code. No server receives the part after the `#`."""
        return f"{origin}{path}#code={self.value}"
