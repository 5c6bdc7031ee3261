"""Fetching an issuer's key set: a JWKS document (RFC 7517), bounded in size and in time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
from jwt import PyJWK

FETCH_SECONDS = 5.0
"""For a whole fetch: resolving, connecting, and the last byte."""
KEY_SET_BYTES = 262_144
"""Of a document. Large issuers publish some 20 kB."""


class KeySetError(Exception):
    """The issuer's keys cannot be read."""


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A key of the set; equal to another if the issuer describes both alike."""

    described: Mapping[str, Any]
    key: PyJWK = field(compare=False)


class _KeySet(msgspec.Struct):
    keys: list[dict[str, Any]]


async def fetch_key_set(url: str, algorithms: frozenset[str]) -> dict[str | None, PublishedKey]:
    """The keys of these algorithms that an issuer publishes, by id; None where one has no id.

    Raises:
        KeySetError: there is no such document, or it came too slowly, or is too large.
    """
    try:
        async with asyncio.timeout(FETCH_SECONDS):
            document = await _download(url)
        return _read(document, algorithms)
    except TimeoutError as error:
        raise KeySetError(f"not all of the key set within {FETCH_SECONDS:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, msgspec.MsgspecError, RecursionError) as error:
        raise KeySetError(f"{type(error).__name__} at the key address") from error


async def _download(url: str) -> bytes:
    # Made on a thread, since loading the certificates takes tens of milliseconds.
    client = await asyncio.to_thread(httpx.AsyncClient, timeout=FETCH_SECONDS)
    # Not compressed, so that what is counted is what is read.
    async with client, client.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response:
        response.raise_for_status()
        received = bytearray()
        async for chunk in response.aiter_raw():
            received += chunk
            if len(received) > KEY_SET_BYTES:
                raise KeySetError(f"the key set is larger than {KEY_SET_BYTES} bytes")
        return bytes(received)


def _read(document: bytes, algorithms: frozenset[str]) -> dict[str | None, PublishedKey]:
    published: dict[str | None, PublishedKey] = {}
    for described in msgspec.json.decode(document, type=_KeySet).keys:
        kid, key = described.get("kid"), _key(described)
        # Only keys of a pinned algorithm: a key's own word must not bring in another, HS256 least of all.
        if key is not None and key.algorithm_name in algorithms and (kid is None or isinstance(kid, str)):
            published[kid] = PublishedKey(described, key)
    if not published:
        raise KeySetError("the key set holds no key of an accepted algorithm")
    return published


def _key(described: dict[str, Any]) -> PyJWK | None:
    try:
        return PyJWK(described)
    except Exception:  # noqa: BLE001 - whatever the libraries say of a foreign key, it is none of use here
        return None
