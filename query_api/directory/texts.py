"""Checks of texts in the directory. Pure; each yields the fields with invalid texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

# Line and paragraph separators break lines as control characters do.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")

FieldFault = tuple[str, str]
"""A field, and what is wrong with it."""


def stripped(text: str | None) -> str | None:
    """The text without spaces around it, as it is stored."""
    return None if text is None else text.strip()


def text_faults(texts: Mapping[str, str | None]) -> Iterator[FieldFault]:
    """Texts that are empty or hold control characters, by the name of the field; None is absent."""
    for field, text in texts.items():
        if text is None:
            continue
        if _CONTROL.search(text.strip()):
            yield field, "holds a control character or a line break"
        elif not text.strip():
            yield field, "is empty"


def email_faults(field: str, email: str | None) -> Iterator[FieldFault]:
    """An address without `@`. Only sending mail shows whether the address exists."""
    if email is not None and not _EMAIL.fullmatch(email.strip()):
        yield field, "is not an e-mail address"


def url_faults(urls: Mapping[str, str | None]) -> Iterator[FieldFault]:
    """URLs that pages must not show, by the name of the field: other schemes could run code in them."""
    for field, url in urls.items():
        if url is not None and not _is_safe(url.strip()):
            yield field, "is neither an http or https URL nor a path on this host"


def _is_safe(url: str) -> bool:
    return not re.search(r"\s", url) and (_is_path(url) or _is_web_address(url))


def _is_path(url: str) -> bool:
    # `//host` is another host's address, and to browsers a backslash is a slash.
    return url.startswith("/") and not url.startswith("//") and "\\" not in url


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
