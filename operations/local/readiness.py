"""The answer of a service at `/readyz`: whether it is ready, and what is degraded."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

LONGEST = 500
"""Characters of a reason that are shown."""
_SILENT = "its /readyz does not answer"


@dataclass(frozen=True, slots=True)
class ServiceReadiness:
    """A service's answer."""

    is_ready: bool
    reason: str
    """Empty if all is well. A degraded service is ready, and names what is degraded."""


async def ask(client: httpx.AsyncClient, url: str) -> ServiceReadiness:
    """Ask the service at this address (without a path), within the client's time limit."""
    try:
        answer = await client.get(f"{url}/readyz")
    except httpx.TransportError:
        return ServiceReadiness(is_ready=False, reason=_SILENT)
    text = answer.text.strip()
    reason = "" if answer.is_success and _is_all_well(text) else text[:LONGEST]
    return ServiceReadiness(answer.is_success, reason)


def _is_all_well(text: str) -> bool:
    """Return whether a good answer reports nothing degraded: a word, or the query API's JSON."""
    return text in {"ready", "ok"} or text.replace(" ", "").startswith('{"status":"ready"')
