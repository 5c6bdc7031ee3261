"""What texts of the directory may hold. Pure; each check gives what is wrong, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

# Line and paragraph separators break lines as control characters do.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")

Fault = tuple[str, str]
"""A field, and what is wrong with it."""


def trimmed(text: str) -> str:
    """The text as it is kept: spaces around it are nobody's intention."""
    return text.strip()


def trimmed_or_none(text: str | None) -> str | None:
    """The same for a text that may be absent."""
    return None if text is None else text.strip()


def text_faults(texts: Mapping[str, str | None]) -> Iterator[Fault]:
    """Of texts by their field's name; None is absent, and nothing is wrong with that."""
    for field, text in texts.items():
        if text is None:
            continue
        if _CONTROL.search(text.strip()):
            yield field, "holds a control character or a line break"
        elif not text.strip():
            yield field, "is empty"


def email_faults(field: str, email: str | None) -> Iterator[Fault]:
    """Of an address: whether mail arrives there, only sending some can tell."""
    if email is not None and not _EMAIL.fullmatch(email.strip()):
        yield field, "is not an e-mail address"


def url_faults(field: str, url: str | None) -> Iterator[Fault]:
    """Of an address that pages will show: any other scheme could run in them."""
    if url is not None and not _is_web_address(url.strip()):
        yield field, "is not an http or https URL"


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", url)
