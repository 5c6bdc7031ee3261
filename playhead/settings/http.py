"""What both HTTP services have in common."""

from __future__ import annotations

from playhead.settings.base import Settings


class HttpSettings(Settings):
    """How the HTTP services are reached, and whether they describe themselves."""

    http_trust_forwarded_proto: bool = False
    """Whether a proxy in front sets `X-Forwarded-Proto` and replaces what clients send. Requests that came to
    it by TLS are then answered with Strict-Transport-Security; without a proxy, any client could say so."""
    http_documentation: bool = True
    """Whether `/docs` and `/openapi.json` are served. They hold nothing that is not in the repository."""
