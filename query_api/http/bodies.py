"""Small JSON bodies, read as a model."""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from playhead.http.bodies import read_limited

MAX_BYTES = 1_024

T = TypeVar("T", bound=BaseModel)


async def read_body(request: Request, model: type[T]) -> T:
    """The body as the model.

    Raises:
        Problem: 413, it is too large; 408, it arrives too slowly.
        RequestValidationError: It is not JSON, or not what the model describes.
    """
    try:
        return model.model_validate_json(await read_limited(request, MAX_BYTES))
    except ValidationError as error:
        errors = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_context=False)]
        raise RequestValidationError(errors) from error


def documented_body(model: type[BaseModel]) -> dict[str, Any]:
    """FastAPI's `openapi_extra` for a route that reads this body."""
    content = {"application/json": {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}
