"""The common parts of both services' OpenAPI documents, and how the public document combines the two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

REF = "#/components/schemas/{name}"
SECURITY: list[dict[str, list[str]]] = [{"token": []}, {"key": []}]
SECURITY_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Says who you are: `sub` the user, `tenant` the tenant. "
        "`playhead token` mints one in development. An API key, `pk_….…`, may stand in its place.",
    },
    "key": {
        "type": "http",
        "scheme": "basic",
        "description": "An API key of a server: its id, `pk_…`, as user and its secret as password.",
    },
}


class OpenApiConflictError(ValueError):
    """Two documents describe one name, or one operation, differently."""


def schemas(types: Iterable[Any]) -> dict[str, Any]:
    """The schemas of msgspec types by name, in the form that client generators read."""
    _, components = msgspec.json.schema_components(types, ref_template=REF)
    return {name: _plain(schema) for name, schema in components.items()}


def merged(document: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The first document with the operations and schemas of the other added.

    Raises:
        OpenApiConflictError: names what the two describe differently.
    """
    paths = dict(document["paths"])
    for path, item in other["paths"].items():
        paths[path] = _union(paths.get(path, {}), item, path)
    components, others = document["components"], other["components"]
    return {
        **document,
        "paths": paths,
        "components": {
            **components,
            "schemas": _union(components["schemas"], others["schemas"], "schemas"),
            "securitySchemes": _union(components["securitySchemes"], others["securitySchemes"], "security"),
        },
    }


def _union(some: Mapping[str, Any], more: Mapping[str, Any], where: str) -> dict[str, Any]:
    for name in some.keys() & more.keys():
        if some[name] != more[name]:
            raise OpenApiConflictError(f"{where}: {name} is described in two ways")
    return {**some, **more}


def _plain(schema: Any) -> Any:
    """An equivalent schema that client generators accept.

    A pair becomes an array of two, since they refuse `items: false`. A default of null only says that the
    field is optional, and some generators require a field that has a default.
    """
    match schema:
        case {"prefixItems": [first, *rest], "items": False}:
            if any(each != first for each in rest):
                raise OpenApiConflictError(f"a tuple of different types has no plain schema: {schema}")
            plain = {name: value for name, value in schema.items() if name != "prefixItems"}
            return plain | {"items": _plain(first)}
        case dict():
            return {
                name: _plain(value) for name, value in schema.items() if (name, value) != ("default", None)
            }
        case list() | tuple():  # JSON has no tuples, and a part of the document is read from JSON
            return [_plain(value) for value in schema]
    return schema
