"""One pass over the people of a course, which derives their rows from its present parts."""

from __future__ import annotations

from collections import deque

import psycopg

from playhead.progress.identifiers import ContentId, TenantId, UserId
from playhead.progress.policy import Policy
from sinks.metrics import REDERIVED
from sinks.rederive import statements
from sinks.rederive.item_rederivation import FIRST_ID, PEOPLE, SHARD
from sinks.tables.courses import CourseKey
from sinks.tables.load import store_courses

CHUNK = 250
"""People in one transaction, which no batch runs beside. Each has a row for each part."""


class CourseRederivation:
    """Processes people in the order of their ids, a chunk at a time; no one for an item that is no course.

    New people are among them: those who have a row of a part that was added.
    """

    def __init__(self, tenant_id: TenantId, content_id: ContentId, policy: Policy) -> None:
        self._tenant_id = tenant_id
        self._content_id = content_id
        self._policy = policy
        self._people: deque[UserId] = deque()
        self._after = FIRST_ID
        self._has_found_all = False

    @property
    def is_over(self) -> bool:
        """Whether every row is derived."""
        return self._has_found_all and not self._people

    def advance(self, connection: psycopg.Connection) -> None:
        """Derive a chunk of the rows, within the caller's transaction, which excludes batches.

        Raises:
            psycopg.Error: an error that no handler foresees.
        """
        if not self._people:
            self._find_people(connection)
        people = [self._people.popleft() for _ in range(min(CHUNK, len(self._people)))]
        keys = [CourseKey(self._tenant_id, user_id, self._content_id) for user_id in people]
        store_courses(connection, keys, SHARD, self._policy)
        REDERIVED.inc(len(keys))

    def _find_people(self, connection: psycopg.Connection) -> None:
        wanted = {
            "tenant_id": self._tenant_id,
            "content_id": self._content_id,
            "after": self._after,
            "limit": PEOPLE,
        }
        found = connection.execute(statements.FIND_COURSE_PEOPLE, wanted)
        self._people.extend(user_id for (user_id,) in found)
        self._has_found_all = len(self._people) < PEOPLE
        self._after = self._people[-1] if self._people else self._after
