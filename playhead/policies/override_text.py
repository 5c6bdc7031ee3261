"""The column `user_progress.override`: the override that a row was derived under, as JSON. Pure."""

from __future__ import annotations

from playhead.progress.policy import Override
from playhead.wire.codec import Decoder, encode

NOT_RECORDED = ""
"""In rows from before there were overrides; they wait to be derived again."""

_NOTHING = Override()
_decode = Decoder(Override)


def encode_override(override: Override | None) -> str | None:
    """The column's value: None for no override. Equal overrides give equal text."""
    return None if override is None or override == _NOTHING else encode(override).decode()


def decode_override(text: str | None) -> Override | None:
    """The override of a column's value.

    Raises:
        WireError: `encode_override` did not write it.
    """
    return _decode(text.encode()) if text else None
