from __future__ import annotations

from datetime import date

import pytest

from operations.archive.age import Age, cutoff, parse_age
from operations.archive.retention import RetentionError

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("18months", Age(months=18)),
        ("1month", Age(months=1)),
        ("90days", Age(days=90)),
        ("2years", Age(months=24)),
        (" 2 years ", Age(months=24)),
    ],
)
def test_ages_are_read(text: str, age: Age) -> None:
    assert parse_age(text) == age


@pytest.mark.parametrize("text", ["", "18", "months", "-1months", "1.5years", "18 m", "18monthss", "1weeks"])
def test_a_text_that_is_no_age_is_refused_with_examples(text: str) -> None:
    with pytest.raises(RetentionError, match="write 18months, 90days or 2years"):
        parse_age(text)


@pytest.mark.parametrize(
    ("today", "age", "day"),
    [
        (TODAY, Age(months=18), date(2025, 5, 22)),
        (TODAY, Age(days=90), date(2026, 8, 24)),
        (date(2024, 3, 31), Age(months=13), date(2023, 2, 28)),
        (date(2025, 3, 31), Age(months=13), date(2024, 2, 29)),
        (date(2026, 1, 15), Age(months=13), date(2024, 12, 15)),
    ],
)
def test_calendar_months_end_where_the_month_does(today: date, age: Age, day: date) -> None:
    assert cutoff(age, today) == day


def test_what_may_still_change_is_not_archived() -> None:
    assert cutoff(Age(days=60), TODAY) == date(2026, 9, 23)
    with pytest.raises(RetentionError, match="younger than 60days"):
        cutoff(Age(days=59), TODAY)
    with pytest.raises(RetentionError, match="younger than 60days"):
        cutoff(Age(months=1), TODAY)


def test_nothing_is_older_than_the_calendar() -> None:
    with pytest.raises(RetentionError, match="nothing is so old"):
        cutoff(parse_age("9999years"), TODAY)
    with pytest.raises(RetentionError, match="nothing is so old"):
        cutoff(Age(months=12 * 2025, days=9999), TODAY)
