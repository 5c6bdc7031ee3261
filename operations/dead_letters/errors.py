"""Why dead letters cannot be had or sent.

DeadLettersError
├── LettersUnavailableError   Kafka or PostgreSQL does not answer
├── NoSuchLetterError         there is none at this place, or no longer
└── NothingNamedError         neither letters nor filters were given
"""

from __future__ import annotations


class DeadLettersError(Exception):
    """The message names the way out."""


class LettersUnavailableError(DeadLettersError):
    """Kafka or PostgreSQL does not answer."""


class NoSuchLetterError(DeadLettersError):
    """The topic has no record at this place."""


class NothingNamedError(DeadLettersError):
    """Everything would be sent, which is to be asked for."""
