"""`/api/org/settings`: what an organisation sets for itself."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from query_api.audit_trail.recording import event_of_write
from query_api.context import context
from query_api.http.answers import answer
from query_api.http.bodies import documented_body, read_body
from query_api.http.callers import Admin
from query_api.openapi.responses import documented
from query_api.organisation.answers import OrganisationSettingsAnswer, settings_answer
from query_api.organisation.body import OrganisationSettingsBody

router = APIRouter(tags=["organisation"], default_response_class=Response)


@router.get(
    "/api/org/settings",
    summary="What the organisation sets for itself",
    responses=documented(OrganisationSettingsAnswer, "The settings and their defaults.", 401, 403, 503),
)
async def read_settings(request: Request, who: Admin) -> Response:
    """The time zone of its days, the policy of its items, and who needs support; for administrators."""
    organisation = context(request).organisation
    return answer(settings_answer(await organisation.stored(who.tenant_id), organisation.defaults))


@router.put(
    "/api/org/settings",
    summary="Set what the organisation sets for itself",
    responses=documented(
        OrganisationSettingsAnswer, "The settings from now on.", 401, 403, 408, 413, 422, 503
    ),
    openapi_extra=documented_body(OrganisationSettingsBody),
)
async def write_settings(request: Request, who: Admin) -> Response:
    """Replace all settings: one that is left out has its default again. The last writer wins.

    Another policy applies to new heartbeats within a minute, and everything stored is derived again in the
    background; a completion once published stays. After a change of the time zone, days are counted again in
    the background, except those of archived months.
    """
    parts = context(request)
    body = await read_body(request, OrganisationSettingsBody)
    event = event_of_write(request.scope, who, "settings", parts.settings.trusted_proxies)
    stored, changed = await parts.organisation.replace(who.tenant_id, body.own, event)
    parts.trail.written(replace(event, rows=changed))
    return answer(settings_answer(stored, parts.organisation.defaults))
