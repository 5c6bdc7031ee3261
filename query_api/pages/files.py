"""The files of a folder over HTTP: no listings, no hidden files, nothing outside the folder.

Starlette answers conditional requests and ranges; this module adds media types, headers and the rules of RFC
9110 for odd ranges.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Receive, Scope, Send

# The operating system's own table varies, and `nosniff` keeps browsers from guessing.
_TYPES: Mapping[str, str] = {
    ".css": "text/css",
    ".gif": "image/gif",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4a": "audio/mp4",
    ".m4s": "video/iso.segment",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ogg": "audio/ogg",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ts": "video/mp2t",
    ".txt": "text/plain",
    ".vtt": "text/vtt",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_DOCUMENTS = frozenset({".html", ".svg"})
"""Files in which a browser could run scripts."""
_ONE_RANGE = re.compile(
    rb"\s*bytes\s*=\s*(?:(?P<first>[0-9]{1,18})-(?P<last>[0-9]{1,18})?|-[0-9]{1,18})\s*", re.IGNORECASE
)


class Files(StaticFiles):
    """A folder, which may not exist yet."""

    def __init__(
        self,
        folder: str | os.PathLike[str],
        headers: Mapping[str, str],
        documents: Mapping[str, str] | None = None,
    ) -> None:
        """Serve a folder.

        Args:
            folder: The folder.
            headers: Headers of every answer.
            documents: More headers, for files that a browser shows as a document.
        """
        super().__init__(directory=folder, check_dir=False)
        self._sent = dict(headers)
        self._sent_with_documents = self._sent | dict(documents or {})

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """A file and its status; None where there is none, or none that may be served."""
        if any(part.startswith(".") for part in path.split("/")):
            return "", None
        try:
            return super().lookup_path(path)
        except PermissionError:
            return "", None

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The file, a range of it, or 304."""
        suffix = PurePath(full_path).suffix.lower()
        response = _File(
            full_path,
            status_code,
            self._sent_with_documents if suffix in _DOCUMENTS else self._sent,
            _TYPES.get(suffix, "application/octet-stream"),
            stat_result=stat_result,
        )
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response


class _File(FileResponse):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__({**scope, "headers": _without_odd_ranges(scope["headers"])}, receive, send)


def _without_odd_ranges(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """An invalid range must be ignored (RFC 9110, section 14.2), and several at once may be."""
    return [each for each in headers if each[0] != b"range" or _is_one_range(each[1])]


def _is_one_range(value: bytes) -> bool:
    found = _ONE_RANGE.fullmatch(value)
    if found is None:
        return False
    first, last = found["first"], found["last"]
    return first is None or last is None or int(first) <= int(last)
