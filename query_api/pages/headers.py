"""What browsers let a page do (Content Security Policy), and the headers that go with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_PAGE = (
    "default-src 'self'",
    "script-src 'self'",
    # Lit's stylesheets are adopted, which is not held to this; the `style` attributes of its templates are.
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    # Whatever the directory may name. On a page that came by https, browsers refuse what is not.
    "img-src 'self' http: https: data:",
    "media-src 'self' http: https: blob:",
    "frame-src 'self' http: https:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
)
# A document is shown in a frame of the player page, on the origin whose storage has the token: so nothing in
# it runs.
_DOCUMENT = (
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    "form-action 'none'",
    "base-uri 'none'",
)

NO_SNIFFING = {"X-Content-Type-Options": "nosniff"}
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
"""For files whose names change with what is in them."""
ASK_EACH_TIME = {"Cache-Control": "no-cache"}
"""Kept, and used after the service has said that it is still current."""


def page_headers(ancestors: Sequence[str]) -> Mapping[str, str]:
    """Of a page, which the pages of these other origins may frame."""
    return {
        "Content-Security-Policy": _policy(_PAGE, ancestors),
        # A page's address names a person or an item: other sites that serve pictures need not know.
        "Referrer-Policy": "same-origin",
        **NO_SNIFFING,
    }


def document_headers(ancestors: Sequence[str]) -> Mapping[str, str]:
    """Of a file that a browser shows as a document: in a page, which these origins may frame."""
    return {"Content-Security-Policy": _policy(_DOCUMENT, ancestors), **NO_SNIFFING}


def _policy(directives: Sequence[str], ancestors: Sequence[str]) -> str:
    return "; ".join((*directives, " ".join(("frame-ancestors", "'self'", *ancestors))))
