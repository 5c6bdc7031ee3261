"""Which variables each pod of the chart uses. `python -m tests.helm.settings_list` writes it down.

`files/settings.json` is what the templates choose from; `values.schema.json` refuses other names and values.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pydantic import SecretStr

from playhead.settings import (
    ArchiveSettings,
    AuditSettings,
    HotAuditSettings,
    IngestSettings,
    MigrateSettings,
    PolicySettings,
    ProcessorSettings,
    QuerySettings,
    Settings,
    SinkSettings,
)
from playhead.settings.telemetry import TelemetrySettings

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "playhead"
LIST = CHART / "files" / "settings.json"
SCHEMA = CHART / "values.schema.json"

WORKLOADS: dict[str, tuple[type[Settings], ...]] = {
    "migrate": (MigrateSettings,),
    "ingest": (IngestSettings,),
    "processor": (ProcessorSettings,),
    "sink": (SinkSettings,),
    "query": (QuerySettings,),
    "audit": (AuditSettings, HotAuditSettings),
    "archive": (ArchiveSettings,),
}
TRACED = ("ingest", "processor", "sink", "query")
CHARTS_OWN = {"environment", "sink_database", "query_pages_directory", "query_media_directory"} | {
    f"{name}_{part}" for name in ("ingest", "processor", "sink", "query") for part in ("host", "port")
}
"""What the templates set themselves, or what has no use in a pod."""

_READER, _ADMIN, _REPORTS = "postgres_reader_", "postgres_admin_", "postgres_reports_"
_WRITER = ("postgres_dsn", "postgres_password")
UNUSED: dict[str, tuple[str, ...]] = {
    "migrate": (_REPORTS,),
    "ingest": (*_WRITER, _ADMIN, _REPORTS),
    "processor": (_READER, _ADMIN, _REPORTS),
    "sink": (_READER, _ADMIN, _REPORTS),
    "query": (*_WRITER, _ADMIN, "kafka_"),
    "audit": (_READER, _ADMIN, _REPORTS),
    "archive": (_READER, _ADMIN, _REPORTS),
}
"""Beginnings of names that a class has and the service does not use: it is not given others' passwords."""
_USED_ALL_THE_SAME = {"query": {"kafka_prefix"}}

SHARED = (
    "kafka_prefix",
    "kafka_partitions",
    "redis_person_ttl_days",
    "redis_key_prefix",
    "alias_refresh_seconds",
)
"""What all services must agree on, beside the policy: it cannot be set for one."""


def workload_fields(workload: str) -> dict[str, FieldInfo]:
    """The fields that a pod uses, by the name of the variable."""
    unused, used = UNUSED[workload], _USED_ALL_THE_SAME.get(workload, set())
    return {
        variable(name): field
        for kind in WORKLOADS[workload]
        for name, field in sorted(kind.model_fields.items())
        if name in used or (name not in CHARTS_OWN and not name.startswith(unused))
    } | (_telemetry() if workload in TRACED else {})


def _telemetry() -> dict[str, FieldInfo]:
    return {f"OTEL_{name.upper()}": field for name, field in TelemetrySettings.model_fields.items()}


def variable(name: str) -> str:
    return f"PLAYHEAD_{name.upper()}"


def kind_of(field: FieldInfo) -> str:
    """`secret`, `address` (which may contain a password), `file` or `setting`."""
    types = {
        part for each in (field.annotation, *get_args(field.annotation)) for part in (each, *get_args(each))
    }
    if SecretStr in types:
        return "secret"
    if not field.repr:
        return "address"
    return "file" if Path in types else "setting"


def listed() -> dict[str, dict[str, str]]:
    """The content of `files/settings.json`."""
    return {
        workload: {name: kind_of(field) for name, field in sorted(workload_fields(workload).items())}
        for workload in WORKLOADS
    }


def definitions() -> dict[str, Any]:
    """What the schema says of variables: of all, and of those that a workload may have of its own."""
    workloads = listed()
    shared = {variable(name) for name in (*SHARED, *PolicySettings.model_fields)} - {"PLAYHEAD_LOG_LEVEL"}
    found = _definitions("all", {name: kind for each in workloads.values() for name, kind in each.items()})
    for workload, kinds in workloads.items():
        found |= _definitions(workload, {name: kind for name, kind in kinds.items() if name not in shared})
    return found


def _definitions(prefix: str, of: dict[str, str]) -> dict[str, Any]:
    settings = {name: _value(name, kind) for name, kind in of.items() if kind in {"setting", "address"}}
    secrets = {
        name: {"$ref": "#/definitions/secretKey"}
        for name, kind in of.items()
        if kind in {"secret", "address"}
    }
    files = {name: {"$ref": "#/definitions/fileKey"} for name, kind in of.items() if kind == "file"}
    return {
        f"{prefix}Settings": _closed(settings),
        f"{prefix}Secrets": _closed(secrets),
        f"{prefix}Files": _closed(files),
    }


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": dict(sorted(properties.items()))}


def _value(name: str, kind: str) -> dict[str, Any]:
    if kind == "address":
        return {"$ref": "#/definitions/address"}
    return _scalar(_properties()[name])


@cache
def _properties() -> dict[str, Any]:
    """What the settings say of each variable."""
    classes = {each for kinds in WORKLOADS.values() for each in kinds}
    return {
        variable(name): schema
        for each in classes
        for name, schema in each.model_json_schema()["properties"].items()
    } | {
        f"OTEL_{name.upper()}": schema
        for name, schema in TelemetrySettings.model_json_schema()["properties"].items()
    }


_KEPT = ("type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


def _scalar(schema: dict[str, Any]) -> dict[str, Any]:
    """What YAML may have for it: lists are one text with commas, as in the environment."""
    if "anyOf" in schema:
        schema = next(each for each in schema["anyOf"] if each.get("type") != "null")
    if schema.get("type") == "array":
        return {"type": "string"}
    return {key: schema[key] for key in _KEPT if key in schema}


def schema_text() -> str:
    """`values.schema.json` as it should be: what is written by hand, with the variables of now."""
    schema = json.loads(SCHEMA.read_text("utf-8"))
    variables = definitions()
    kept = {name: value for name, value in schema["definitions"].items() if name not in variables}
    schema["definitions"] = kept | variables
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def list_text() -> str:
    return json.dumps(listed(), indent=1) + "\n"


if __name__ == "__main__":
    LIST.write_text(list_text(), "utf-8")
    SCHEMA.write_text(schema_text(), "utf-8")
