"""Fetches the key set of an issuer: a JWKS document (RFC 7517), within limits of size and time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
from jwt import PyJWK

FETCH_SECONDS = 5.0
"""For a whole fetch, from the name lookup to the last byte."""
KEY_SET_BYTES = 262_144
"""The maximum size of a document. Large issuers publish about 20 kB."""


class KeySetError(Exception):
    """The keys of the issuer cannot be read."""


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A key of the set; equal to another with the same description."""

    described: Mapping[str, Any]
    key: PyJWK = field(compare=False)


class _KeySet(msgspec.Struct):
    keys: list[dict[str, Any]]


async def fetch_key_set(url: str, algorithms: frozenset[str]) -> dict[str | None, PublishedKey]:
    """The keys of these algorithms that an issuer publishes, by id; the id may be None.

    Raises:
        KeySetError: there is no such document, or it is too large or too slow.
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
    # Created on a thread, since loading the certificates takes tens of milliseconds.
    client = await asyncio.to_thread(httpx.AsyncClient, timeout=FETCH_SECONDS)
    # Uncompressed, so that the size that is counted is the size in memory.
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
        # Only keys of a pinned algorithm: the document must not introduce another, least of all HS256.
        if key is not None and key.algorithm_name in algorithms and (kid is None or isinstance(kid, str)):
            published[kid] = PublishedKey(described, key)
    if not published:
        raise KeySetError("the key set holds no key of an accepted algorithm")
    return published


def _key(described: dict[str, Any]) -> PyJWK | None:
    try:
        return PyJWK(described)
    except Exception:  # noqa: BLE001 - a key that the libraries cannot read, for whatever reason, is not usable
        return None
