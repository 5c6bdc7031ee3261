"""Lets the stores begin a new log, step by step; each step may be repeated.

1. Let the positions of every database lie beyond any log, and take those of Redis away: processors and sinks
   refuse to start from here on, and one that still runs is refused by its fence.
2. Let every row be older than any state of the new log.
3. Store what Redis alone has of people.
4. Delete the consumer groups, then the people in Redis: processors load them from PostgreSQL.
5. Let processors begin at the start of the new log, and sinks where its states end now.

A run that was killed is repeated by the next one, which knows of it from PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psycopg

from operations.rebase import hot_store
from operations.rebase.findings import RebaseFindings, check
from operations.rebase.log import RebasedLog
from operations.rebase.positions import RebasedPositions
from operations.rebase.rescuer import Rescuer
from playhead.progress.identifiers import TenantId
from playhead.settings import DEFAULT, RebaseSettings


@dataclass(frozen=True, slots=True)
class RebaseResult:
    """What a run has done, and what a dry run would."""

    people: int
    """Whose progress in Redis PostgreSQL lacks, or lacked."""
    items: int
    """Their items that PostgreSQL lacks, or lacked."""
    refused: int = 0
    """Of these, what PostgreSQL has refused."""
    rows: int = 0
    """Whose source was reset."""


@dataclass(frozen=True, slots=True)
class Rebaser:
    """Rebases, over a connection of `retention.exclusive` to each database, by its name."""

    settings: RebaseSettings
    databases: Mapping[str, psycopg.Connection]
    say: Callable[[str], object]
    """Called with what begins."""
    force: bool = False
    """Although nothing lies beyond its log."""
    wait_seconds: float = 0.0
    """How long processors and sinks may take to leave their groups."""

    def findings(self) -> RebaseFindings:
        """What there is; changes nothing.

        Raises:
            RebaseError: nothing is to be rebased, or processors or sinks run.
            StoreUnavailableError: a store does not answer.
        """
        log = RebasedLog(self.settings)
        stores = [hot_store.read_places(self.settings), *(each.read() for each in self._positions.values())]
        # The log's ends last: they only grow, so no place lies beyond them by a race.
        found = RebaseFindings(log.ends(), stores)
        check(found, force=self.force)
        log.require_at_rest(self.wait_seconds)
        return found

    def preview(self) -> RebaseResult:
        """What Redis alone has; changes nothing."""
        return self._rescue(is_dry=True)

    def run(self) -> RebaseResult:
        """Rebase, or do again what a killed run has done.

        Raises:
            RebaseError: it cannot go on.
            StoreUnavailableError: a store does not answer; run it again.
        """
        found, log = self.findings(), RebasedLog(self.settings)
        self.say("keeping processors and sinks from starting")
        for each in self._positions.values():
            each.begin([*found.ends.heartbeats, *found.ends.states])
        hot_store.forget_applied(self.settings, found.ends.heartbeats)
        log.require_at_rest(self.wait_seconds)
        self.say("letting every row be older than the new log")
        rows = sum(each.reset_sources() for each in self._positions.values())
        self.say("storing what Redis alone has")
        rescued = self._rescue(is_dry=False)
        self.say("deleting the consumer groups, and people in Redis")
        log.forget_groups()
        hot_store.forget_people(self.settings)
        self.say("letting processors and sinks begin the new log")
        for each in self._positions.values():
            each.end(found.ends.states)
        return RebaseResult(rescued.people, rescued.items, rescued.refused, rows)

    @property
    def _positions(self) -> dict[str, RebasedPositions]:
        prefix = self.settings.kafka_prefix
        return {
            name: RebasedPositions(each, "PostgreSQL" if name == DEFAULT else f"database {name}", prefix)
            for name, each in self.databases.items()
        }

    def _rescue(self, *, is_dry: bool) -> RebaseResult:
        people = items = 0
        databases = self.settings.databases
        with self._rescuers() as rescuers:
            for some in hot_store.people(self.settings):
                for name, rescuer in rescuers.items():
                    own = [each for each in some if databases.has(name, _tenant(each))]
                    states = rescuer.missing(own) if own else []
                    people += len({(state.tenant_id, state.user_id) for state in states})
                    items += sum(state.part is None for state in states)
                    if not is_dry:
                        rescuer.store(states)
            refused = sum(len(each.refused) for each in rescuers.values())
        return RebaseResult(people, items, refused)

    @contextmanager
    def _rescuers(self) -> Iterator[dict[str, Rescuer]]:
        with ExitStack() as held:
            yield {
                name: held.enter_context(
                    Rescuer(
                        self.settings,
                        connection,
                        self.settings.databases.named[name].dsn,
                        self._positions[name].own_topic,
                    )
                )
                for name, connection in self.databases.items()
            }


def _tenant(of: hot_store.HotFields) -> TenantId:
    return TenantId(of.person.partition(":")[0])
