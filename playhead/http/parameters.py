"""Refuses query parameters that an operation does not have: ignoring one would change the question."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from playhead.http.problems import FieldError, Problem, problem_response

_METHODS = frozenset({"get", "put", "post", "delete", "patch"})


@dataclass(frozen=True, slots=True)
class DocumentedOperation:
    """An operation of the OpenAPI document with its query parameters."""

    method: str
    path: str
    pattern: re.Pattern[str]
    parameters: Mapping[str, bool]
    """Names, and whether each may be repeated."""

    def faults(self, query: str) -> list[FieldError]:
        """The faults in the names of a query string; the operation itself checks the values."""
        given = Counter(name for name, _ in parse_qsl(query, keep_blank_values=True))
        return [
            FieldError(name, fault) for name, times in given.items() if (fault := self._fault(name, times))
        ]

    def _fault(self, name: str, times: int) -> str | None:
        if name not in self.parameters:
            has = ", ".join(self.parameters) or "none"
            return f"is not a parameter of {self.method} {self.path}; its query parameters: {has}"
        if times > 1 and not self.parameters[name]:
            return f"is given {times} times, and has one value"
        return None


class KnownParameters:
    """ASGI middleware: answers 422 to a query parameter that the operation does not document.

    Paths outside the document, such as pages, may have any parameter. The document is public, so the check
    precedes identification.
    """

    def __init__(
        self,
        app: ASGIApp,
        document: Callable[[], Mapping[str, Any]],
        on_refusal: Callable[[], None] = lambda: None,
    ) -> None:
        """Read the document, which is complete when Starlette creates the middleware at the first request.

        Args:
            app: Answers the accepted requests.
            document: Returns the OpenAPI document.
            on_refusal: Called for each refused request.
        """
        self._app = app
        self._operations = list(documented_operations(document()))
        self._on_refusal = on_refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        operation = self._operation(scope) if scope.get("query_string") else None
        faults = operation.faults(scope["query_string"].decode("latin-1")) if operation else []
        if not faults:
            await self._app(scope, receive, send)
            return
        scope["route"] = operation  # its path is the metric's label
        self._on_refusal()
        detail = "; ".join(f"{fault.field} {fault.reason}" for fault in faults)
        problem = Problem(422, "Invalid parameters", detail, errors=faults)
        await problem_response(problem)(scope, receive, send)

    def _operation(self, scope: Scope) -> DocumentedOperation | None:
        if scope["type"] != "http":
            return None
        method, path = scope["method"], scope["path"]
        return next(
            (each for each in self._operations if each.method == method and each.pattern.match(path)), None
        )


def documented_operations(document: Mapping[str, Any]) -> Iterator[DocumentedOperation]:
    """All operations of a document, in the order of the routes, the first of which that matches applies."""
    for path, item in document["paths"].items():
        pattern, _, _ = compile_path(path)
        for method in _METHODS & item.keys():
            described = [*item.get("parameters", ()), *item[method].get("parameters", ())]
            parameters = {
                each["name"]: _is_list(each.get("schema", {})) for each in described if each["in"] == "query"
            }
            yield DocumentedOperation(method.upper(), path, pattern, parameters)


def _is_list(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "array" or any(map(_is_list, schema.get("anyOf", ())))
