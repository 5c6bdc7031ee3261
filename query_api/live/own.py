"""What a person's own stream shows: all their items."""

from __future__ import annotations

from query_api.access import Person
from query_api.live.events import encode
from query_api.live.listener import Listener
from query_api.models import Snapshot
from query_api.progress.catalogue import Catalogue
from query_api.progress.library import Library
from query_api.progress.listing import in_order, with_changes
from query_api.views import listed_item


class OwnItems:
    """A person's items, with what the listener has heard of them."""

    def __init__(self, listener: Listener, library: Library, catalogue: Catalogue, person: Person) -> None:
        self._listener = listener
        self._library = library
        self._catalogue = catalogue
        self._person = person

    async def snapshot(self) -> bytes:
        """See `stream.View`."""
        entries = await self._library.entries(self._person)
        # Heard while the stores were read: each may be in what was read, or newer, or even older.
        unread = ((change.content, change.progress) for change in self._listener.take_changes())
        policies = self._catalogue.cached(self._person.tenant_id)
        current = in_order(with_changes(entries, unread, policies))
        return encode(Snapshot(items=[listed_item(entry.content, entry.summary) for entry in current]))
