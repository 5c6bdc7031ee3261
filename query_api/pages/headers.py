"""What a page may load and which sites may frame it (Content Security Policy), and related headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_PAGE = (
    "default-src 'self'",
    "script-src 'self'",
    # Lit adopts its stylesheets, which this does not restrict; it does restrict `style` attributes.
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    # Any address in the directory. On a page served by https, browsers block http.
    "img-src 'self' http: https: data:",
    "media-src 'self' http: https: blob:",
    "frame-src 'self' http: https:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
)
# A document is shown in a frame of the player page, on the origin whose storage holds the token: no script in
# it may run.
_DOCUMENT = (
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    "form-action 'none'",
    "base-uri 'none'",
)

NO_SNIFFING = {"X-Content-Type-Options": "nosniff"}
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
"""For files whose names change with their content."""
FOR_MINUTES = {"Cache-Control": "public, max-age=300, stale-while-revalidate=86400"}
"""For a file whose name is always the same: a release arrives within minutes, and no page waits for it."""
FOR_ALL_SITES = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""For a public file that pages of any site load, with `crossorigin` or under a policy of their own."""
ASK_EACH_TIME = {"Cache-Control": "no-cache"}
"""Stored, and used once the service has confirmed that it is current."""


def page_headers(ancestors: Sequence[str]) -> Mapping[str, str]:
    """Headers of a page, which these origins may frame besides its own."""
    return {
        "Content-Security-Policy": _policy(_PAGE, ancestors),
        # A page's address names a person or an item, which sites that serve its images need not know.
        "Referrer-Policy": "same-origin",
        **NO_SNIFFING,
    }


def document_headers(ancestors: Sequence[str]) -> Mapping[str, str]:
    """Headers of a file that a browser shows as a document, in a page that these origins may frame."""
    return {"Content-Security-Policy": _policy(_DOCUMENT, ancestors), **NO_SNIFFING}


def _policy(directives: Sequence[str], ancestors: Sequence[str]) -> str:
    return "; ".join((*directives, " ".join(("frame-ancestors", "'self'", *ancestors))))
