"""Addresses of stores, which hold passwords: hidden in `repr`, and refused without being quoted.

A driver that cannot read a URL says which part, and that may be a part of the password.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings

_UNREADABLE = (
    "is no address that can be read; a password in it must be percent-encoded (the value is not shown)"
)
_REDIS_SCHEMES = ("redis", "rediss", "unix")
_PASSWORD = re.compile(r"\bpassword\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(\S+))")
_SHORTEST = 4
"""Of what is taken out of logs: shorter texts are parts of ordinary words."""


def _redis(url: str) -> str:
    if urlsplit(url).scheme not in _REDIS_SCHEMES or not _has_port(url):
        raise ValueError(_UNREADABLE)
    return url


def _postgres(dsn: str) -> str:
    from psycopg import ProgrammingError  # noqa: PLC0415 - ingest does without
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

    try:
        ports = str(conninfo_to_dict(dsn).get("port") or "")
    except ProgrammingError:
        raise ValueError(_UNREADABLE) from None  # whose text quotes it
    if not all(port.isdigit() for port in ports.split(",") if port):
        raise ValueError(_UNREADABLE)
    return dsn


def _has_port(url: str) -> bool:
    try:
        _ = urlsplit(url).port
    except ValueError:
        return False
    return True


RedisUrl = Annotated[str, Field(repr=False), AfterValidator(_redis)]
PostgresDsn = Annotated[str, Field(repr=False), AfterValidator(_postgres)]


def secrets_of(settings: BaseSettings) -> frozenset[str]:
    """Every password of the settings, as it is written and as it is meant."""
    found = {each for name in type(settings).model_fields for each in _secrets(settings, name)}
    return frozenset(each for each in found if len(each) >= _SHORTEST)


def _secrets(settings: BaseSettings, name: str) -> Iterator[str]:
    value = getattr(settings, name)
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, str) and not type(settings).model_fields[name].repr:
        _, at, rest = value.partition("://")
        userinfo, has_user, _ = rest.rpartition("@")
        _, has_password, password = userinfo.partition(":")
        if at and has_user and has_password:
            yield from (password, unquote(password))
        for quoted, bare in _PASSWORD.findall(value):
            yield quoted or bare
