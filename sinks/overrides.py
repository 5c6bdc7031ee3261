"""The catalogue's part of an item's policy, as a row of `user_progress` tells it. Pure."""

from __future__ import annotations

from playhead.progress.policy import Override
from playhead.wire.codec import Decoder, encode

NEVER = ""
"""Told by rows from before there were overrides: they wait to be derived anew."""

_NOTHING = Override()


def to_text(override: Override | None) -> str | None:
    """JSON of what it says; None where it says nothing. Equal overrides give equal text."""
    return None if override is None or override == _NOTHING else encode(override).decode()


_decode = Decoder(Override)


def of_text(text: str | None) -> Override | None:
    """What `to_text` wrote.

    Raises:
        WireError: it wrote nothing of the kind.
    """
    return _decode(text.encode()) if text else None
