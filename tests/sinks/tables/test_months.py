"""The monthly partitions."""

from __future__ import annotations

from datetime import date

from sinks.tables.months import months_ahead, months_of


def test_months_are_created_ahead_over_the_turn_of_the_year() -> None:
    assert months_ahead(date(2026, 12, 31)) == [date(2026, 12, 1), date(2027, 1, 1)]


def test_only_plausible_months_are_created() -> None:
    days = [
        (date(*day) - date(1970, 1, 1)).days
        for day in [(1970, 1, 1), (2019, 12, 31), (2020, 1, 1), (2026, 11, 30), (2026, 12, 31), (2027, 1, 1)]
    ]
    made, strays = months_of([*days, 10**12, -(10**12)], date(2026, 11, 22))
    assert made == {date(2020, 1, 1), date(2026, 11, 1), date(2026, 12, 1)}
    assert strays == {days[0], days[1], days[-1], 10**12, -(10**12)}
