"""Reading a request's body, which is no larger, and comes no more slowly, than it has reason to."""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from playhead.http.bodies import BODY_SECONDS, BodyTooLargeError, BodyTooSlowError, read_limited
from playhead.http.problems import Problem

MAX_BYTES = 1_024
_DIGITS = 18
"""Of a length; more is too large all the same, and Python refuses to read thousands of them."""
_CLOSE = {"Connection": "close"}  # the rest of the body is not wanted

T = TypeVar("T", bound=BaseModel)


async def read_body(request: Request, model: type[T]) -> T:
    """The body as the model.

    Raises:
        Problem: 413, it is too large; 408, it comes too slowly.
        RequestValidationError: it is not JSON, or not what the model describes.
    """
    try:
        return model.model_validate_json(await read_bytes(request, MAX_BYTES))
    except ValidationError as error:
        told = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_context=False)]
        raise RequestValidationError(told) from error


def documented_body(model: type[BaseModel]) -> dict[str, Any]:
    """FastAPI's `openapi_extra` for a route that reads this body."""
    content = {"application/json": {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


async def read_bytes(request: Request, limit: int, seconds: float = BODY_SECONDS) -> bytes:
    """The body as it is.

    Raises:
        Problem: 413, it is longer than `limit`; 408, it took longer than `seconds`.
        ClientDisconnect: the connection ended before.
    """
    announced = request.headers.get("content-length", "")
    length = int(announced[:_DIGITS]) if announced.isdecimal() else None
    try:
        return await read_limited(request.receive, limit, length, seconds)
    except BodyTooLargeError as error:
        raise Problem(413, "Body too large", str(error), headers=_CLOSE) from error
    except BodyTooSlowError as error:
        raise Problem(408, "Body too slow", str(error), headers=_CLOSE) from error
