"""The history of the demo organisation: four weeks of working hours, with keen people and others.

Pure, and determined by the seed and the first day. Times are seconds since that day's midnight in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from operations.demo.audience import sitting
from operations.demo.audience.catalogue import TITLES
from operations.demo.audience.habits import Habits
from operations.demo.audience.organisation import LEARNER
from operations.demo.audience.sitting import Sitting
from operations.demo.audience.viewer import RATES, Beat

DAYS = 27
"""Nearly as far back as a heartbeat may be late, with time to load it."""
REQUIRED = 2
"""The number of items, the first ones, that are required of everyone; most people begin with them."""
_DAY_S, _HOUR_S = 86_400.0, 3_600.0
_SATURDAY = 5
_GIVES_UP = 0.4
"""The chance that a person who leaves an item continues with another one next time."""
_BUSIEST = (9.5, 14.0)
"""Hours around which a day's first and second sitting begin."""


def past(habits: Habits, first: date, until_s: float) -> Iterator[Beat]:
    """Yield the beats of every person but those away, one person after another, all before `until_s`."""
    for person in range(habits.size):
        if person not in habits.away:
            yield from _past_of(_Person(habits, person, first), until_s)


def learners_past(habits: Habits, until_s: float) -> Iterator[Beat]:
    """Yield the beats of the demo's learner: an item completed, a film begun, an item left long ago."""
    random = Random(f"{habits.seed}:learner")
    for hours_ago, number, start, end in _LEARNERS:
        began_s = until_s - hours_ago * _HOUR_S
        lasted = Sitting(number=number, began_s=began_s, start=start, end=end)
        yield from sitting.beats(habits, random, LEARNER, lasted)


_LEARNERS = (
    # hours ago, item, start and end as shares of it
    (24 * 12 + 3, 3, 0.0, 1.0),
    (24 * 9 + 5, 5, 0.0, 0.4),
    (24 * 8 + 2, 5, 0.4, 1.0),
    (24 * 6 + 4, 12, 0.0, 0.2),
    (24 * 3 + 6, 6, 0.0, 0.55),
    (46, 1, 0.0, 1.0),
    (27, 24, 0.0, 0.34),
    (20, 0, 0.0, 0.42),
)


class _Person:
    """A person's way through the items."""

    def __init__(self, habits: Habits, number: int, first: date) -> None:
        self.habits, self.number, self.first = habits, number, first
        self.random = Random(f"{habits.seed}:past:{number}")
        self.keenness = self.random.betavariate(2, 2.5)
        self._ahead = list(range(REQUIRED)) + self.random.sample(
            range(REQUIRED, len(TITLES)), len(TITLES) - REQUIRED
        )
        self._reached: dict[int, float] = {}

    def sittings_of(self, day: int) -> Iterator[Sitting]:
        """Yield the sittings in order; none overlaps another."""
        weekend = (self.first + timedelta(days=day)).weekday() >= _SATURDAY
        inclined = (0.1 + 0.6 * self.keenness) * (0.12 if weekend else 1)
        for hour in _BUSIEST:
            if self.random.random() < inclined and self._ahead:
                began_s = day * _DAY_S + (hour + self.random.gauss(0, 0.9)) * _HOUR_S
                yield self._next(began_s)

    def _next(self, began_s: float) -> Sitting:
        random = self.random
        number = self._ahead[0]
        start = self._reached.get(number, 0.0)
        end = (
            1.0
            if random.random() < 0.25 + 0.45 * self.keenness
            else start + (1 - start) * random.betavariate(1.2, 2)
        )
        self._reached[number] = end
        if end == 1 or random.random() < _GIVES_UP:
            self._ahead.pop(0)
        return Sitting(number=number, began_s=began_s, start=start, end=end, rate=random.choice(RATES))


def _past_of(person: _Person, until_s: float) -> Iterator[Beat]:
    for day in range(DAYS + 1):
        for each in person.sittings_of(day):
            made = list(sitting.beats(person.habits, person.random, person.number, each))
            if made and made[-1].occurred_s < until_s:
                yield from made
