"""A person's progress with its summaries, computed in turns with other requests."""

from __future__ import annotations

import asyncio

from playhead.progress import ContentId, Summary, summarize
from playhead.progress.advance import HEAVY_SPANS, span_count
from playhead.progress.figures.course import Course
from query_api.access import Person
from query_api.progress.catalogue import CatalogueCopies
from query_api.progress.courses import course_entry, with_courses
from query_api.progress.listing import Entry, entries
from query_api.progress.reader import ProgressReader

ITEMS_AT_ONCE = 4
"""Items summarised before other tasks run: about 0.3 ms. A short request takes some six turns of the event
loop, so a list being computed adds this six times over; a list of 300 takes 20 ms in all. A heavy item takes
up to 3 ms, and other tasks run after each."""
LISTS_AT_ONCE = 1
"""Lists computed at the same time. Two would finish no sooner on one core, and each adds its turn to the wait
of every short request; when Redis returns, all live streams read their list in one moment."""


class Library:
    """Reads progress and derives what is shown, each item under its own policy.

    Every method raises `ReaderError` where no store answers.
    """

    def __init__(self, reader: ProgressReader, catalogue: CatalogueCopies) -> None:
        self._reader = reader
        self._catalogue = catalogue
        self._lists = asyncio.Semaphore(LISTS_AT_ONCE)

    async def summary(self, person: Person, content: ContentId) -> Summary:
        """One item."""
        return (await self.entry(person, content)).summary

    async def entry(self, person: Person, content: ContentId) -> Entry:
        """One item, with what its summary derives from: progress, or the parts of a course."""
        policies = await self._catalogue.policies(person.tenant_id)
        course = self._catalogue.courses(person.tenant_id).of(content)
        if course is not None:
            return await self._course(person, content, course)
        progress = await self._reader.item(person, content)
        return Entry(content, progress, summarize(progress, policies.of(content).policy))

    async def _course(self, person: Person, content: ContentId, course: Course) -> Entry:
        policies = self._catalogue.cached(person.tenant_id)
        items = await self._reader.items(person)
        wanted = {each: items[each] for each in (content, *course.items) if each in items}
        return course_entry(content, course, {entry.content: entry for entry in entries(wanted, policies)})

    async def entries(self, person: Person) -> list[Entry]:
        """All items, in no order, and the courses that they are parts of."""
        policies = await self._catalogue.policies(person.tenant_id)
        items = await self._reader.items(person)
        found: list[Entry] = []
        async with self._lists:
            for entry in entries(items, policies):
                found.append(entry)
                if len(found) % ITEMS_AT_ONCE == 0 or span_count(entry.progress) > HEAVY_SPANS:
                    await asyncio.sleep(0)  # other tasks run
        return with_courses(found, self._catalogue.courses(person.tenant_id))
