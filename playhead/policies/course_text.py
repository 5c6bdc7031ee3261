"""The column `courses.definition`: the parts of a course, as JSON. Pure."""

from __future__ import annotations

from playhead.progress.figures.course import Course
from playhead.wire.codec import Decoder, encode

_decode = Decoder(Course)


def encode_course(course: Course) -> str:
    """The column's value; equal courses give equal text."""
    return encode(course).decode()


def decode_course(text: str) -> Course:
    """The course of a column's value.

    Raises:
        WireError: `encode_course` did not write it.
    """
    return _decode(text.encode())
