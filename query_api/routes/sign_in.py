"""`GET /api/me` and `POST /api/sign-in`."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from playhead.http.common_headers import request_id_in
from playhead.identity import IdentityError, UnknownCodeError, UsedCodeError
from playhead.identity.sign_in import CODE_PATTERN, SignInCode
from query_api.context import context
from query_api.directory.answers import Me
from query_api.directory.people import me
from query_api.http.answers import answer
from query_api.http.bodies import documented_body, read_body
from query_api.http.callers import Who
from query_api.models import SignedIn
from query_api.openapi.responses import documented

router = APIRouter(default_response_class=Response)


@router.get("/api/me", tags=["directory"], summary="Who you are", responses=documented(Me, "You.", 401, 503))
async def read_me(request: Request, who: Who) -> Response:
    """Your name, your roles, and the teams that you are in."""
    return answer(await me(context(request).database, who))


class SignIn(BaseModel):
    """What a sign-in link carries."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(pattern=CODE_PATTERN, description="What follows `#code=` in the link.")


@router.post(
    "/api/sign-in",
    tags=["sign-in"],
    summary="Exchange a sign-in link's code for a token",
    responses=documented(SignedIn, "The token; the code is used.", 401, 408, 410, 413, 422, 429, 503),
    openapi_extra=documented_body(SignIn),
)
async def sign_in(request: Request) -> Response:
    """Once, and within the link's lifetime."""
    code = SignInCode((await read_body(request, SignIn)).code)
    return answer(SignedIn(token=await _exchange(request, code)))


async def _exchange(request: Request, code: SignInCode) -> str:
    parts = context(request)
    try:
        return await parts.sign_ins.exchange(code)
    except UsedCodeError as error:
        _record(request, error)  # counts as no failure of the address: links are followed twice
        raise
    except UnknownCodeError as error:
        failure = parts.callers.failed(request.scope, error)
        _record(request, failure)
        raise failure from error


def _record(request: Request, error: IdentityError) -> None:
    scope = request.scope
    context(request).trail.recorder.unidentified(scope, request_id_in(scope), error)
