"""What an organisation sets for itself: `/api/org/settings`, and `/api/keys` of its servers."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from playhead.identity.api_keys import KEY_ID_PATTERN, KeyId
from query_api.audit_trail.recording import event_of_write
from query_api.context import context
from query_api.http.answers import answer
from query_api.http.bodies import documented_body, read_body
from query_api.http.callers import Admin
from query_api.openapi.responses import documented
from query_api.organisation.answers import OrganisationSettingsAnswer, settings_answer
from query_api.organisation.api_keys import ApiKeyBody, ApiKeyCreated, ApiKeyList, ApiKeyShown
from query_api.organisation.body import OrganisationSettingsBody

router = APIRouter(tags=["organisation"], default_response_class=Response)

KeyPath = Annotated[str, Path(alias="keyId", pattern=KEY_ID_PATTERN, description="The key's id, `pk_…`.")]


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


@router.get(
    "/api/keys",
    summary="The organisation's API keys",
    responses=documented(ApiKeyList, "The keys, without their secrets.", 401, 403, 503),
)
async def read_keys(request: Request, who: Admin) -> Response:
    """Which server may do what, and when it last did; for administrators."""
    return answer(await context(request).api_keys.of(who.tenant_id))


@router.post(
    "/api/keys",
    summary="Create an API key",
    responses=documented(ApiKeyCreated, "The key, with its secret.", 401, 403, 408, 413, 422, 429, 503),
    openapi_extra=documented_body(ApiKeyBody),
)
async def create_key(request: Request, who: Admin) -> Response:
    """A key for one server. Keep what this answers: the secret is not stored, and shown only now.

    Send it as `Authorization: Bearer <key>`, or by Basic with `keyId` and `secret`. No key may use this call.
    """
    parts = context(request)
    body = await read_body(request, ApiKeyBody)
    event = event_of_write(request.scope, who, "key", parts.settings.trusted_proxies)
    created = await parts.api_keys.create(who.tenant_id, body, event)
    parts.trail.written(event)
    return answer(created)


@router.delete(
    "/api/keys/{keyId}",
    summary="Revoke an API key",
    responses=documented(ApiKeyShown, "The key, revoked.", 401, 403, 404, 422, 503),
)
async def revoke_key(request: Request, who: Admin, key: KeyPath) -> Response:
    """For good. Services refuse it within half a minute; without PostgreSQL, within ten minutes."""
    parts = context(request)
    event = event_of_write(request.scope, who, "key", parts.settings.trusted_proxies)
    revoked = await parts.api_keys.revoke(who.tenant_id, KeyId(key), event)
    parts.trail.written(event)
    return answer(revoked)
