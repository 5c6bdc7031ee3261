"""Codes of sign-in links: a link carries a code, as what is in an address stays in the browser's history.

A page exchanges the code for the token that Redis keeps with it, once, within the code's lifetime. Redis has
only the code's hash.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256

CODE_PATTERN = r"^[A-Za-z0-9_-]{43}$"
USED = ""
"""What Redis keeps in the token's place once the code was exchanged, until the code's lifetime is over."""
_CODE_BYTES = 32
_PREFIX = "sign-in:"


@dataclass(frozen=True, slots=True)
class SignInCode:
    """256 random bits in URL-safe Base64."""

    value: str = field(repr=False)

    def __post_init__(self) -> None:
        if re.fullmatch(CODE_PATTERN, self.value) is None:
            raise ValueError("a sign-in code has 43 characters of URL-safe Base64")

    @classmethod
    def new(cls) -> SignInCode:
        """A code that was never given out."""
        return cls(secrets.token_urlsafe(_CODE_BYTES))

    @property
    def key(self) -> str:
        """The Redis key of the code's token."""
        return _PREFIX + sha256(self.value.encode()).hexdigest()

    def link(self, origin: str, path: str = "/") -> str:
        """The address that signs in by the code. No server sees what follows the `#`."""
        return f"{origin}{path}#code={self.value}"
