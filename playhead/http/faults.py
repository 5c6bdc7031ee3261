"""Which field of a body is at fault.

msgspec tells where an error lies only in its message, as "… - at `$.metadata.watchedSegments[3][0]`"; this is
the one place that reads it, and tests hold it to the installed version.
"""

from __future__ import annotations

import re

import msgspec

_PLACE = re.compile(r" - at `\$\.?(.*)`$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `(.+)`$", re.DOTALL)
_UNKNOWN = re.compile(r"^Object contains unknown field `(.+)`$", re.DOTALL)


def fault_of(error: msgspec.ValidationError) -> tuple[str | None, str]:
    """The field, as a path into the body, and what is wrong with it; None where it is the whole body."""
    message = str(error)
    place = _PLACE.search(message)
    within = place.group(1) if place else ""
    reason = message[: place.start()] if place else message
    for pattern, meaning in ((_MISSING, "is required"), (_UNKNOWN, "is not a field that there is here")):
        named = pattern.match(reason)
        if named:
            return f"{within}.{named.group(1)}".lstrip("."), meaning
    return within or None, reason
