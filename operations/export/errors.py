"""Why there is no export.

ExportError       it cannot be had
└── MisuseError   the command was asked for what there is not
"""

from __future__ import annotations


class ExportError(Exception):
    """The message names the way out."""


class MisuseError(ExportError):
    """The same, and asking again will not help."""
