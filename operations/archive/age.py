"""How old a month must be to be archived. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from operations.archive.retention import RetentionError

LEAST_DAYS = 60
"""A session may change for 38 days after its last heartbeat; an archived session must not change."""

_AGE = re.compile(r"\s*(\d{1,4})\s*(day|month|year)s?\s*")


@dataclass(frozen=True, slots=True)
class Age:
    """Calendar months, and days."""

    months: int = 0
    days: int = 0

    def before(self, today: date) -> date:
        """The day this long before `today`; the last one of a month that has fewer days."""
        count = today.year * 12 + today.month - 1 - self.months
        year, month = divmod(count, 12)
        if year < 1:
            raise RetentionError("nothing is so old")
        first = date(year, month + 1, 1)
        following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
        return first + timedelta(min(today.day, (following - first).days) - 1 - self.days)


def parse_age(text: str) -> Age:
    """Read `18months`, `90days` or `2years`.

    Raises:
        RetentionError: the text has another form.
    """
    match = _AGE.fullmatch(text)
    if match is None:
        raise RetentionError(f"--older-than {text!r} is no age: write 18months, 90days or 2years")
    count, unit = int(match[1]), match[2]
    if unit == "day":
        return Age(days=count)
    return Age(months=count * (12 if unit == "year" else 1))


def cutoff(age: Age, today: date) -> date:
    """The first day that is not old enough; a month is archived if all of its days are before it.

    Raises:
        RetentionError: sessions of this age may still change.
    """
    try:
        day = age.before(today)
    except OverflowError as error:
        raise RetentionError("nothing is so old") from error
    if (today - day).days < LEAST_DAYS:
        raise RetentionError(f"sessions may still change when they are younger than {LEAST_DAYS}days")
    return day
