"""The records of one `publish`, until each is settled."""

from __future__ import annotations

import asyncio

from playhead.kafka.errors import PublishError, RecordRefusedError


class Flight:
    """Settles its future once every record of the call has its delivery report."""

    __slots__ = ("error", "future", "sent_at", "unsettled")

    def __init__(self, future: asyncio.Future[None], unsettled: int, sent_at: float) -> None:
        self.future = future
        self.unsettled = unsettled
        self.sent_at = sent_at
        """When the records were given to librdkafka, by the event loop's clock."""
        self.error: PublishError | None = None

    def settle(self, records: int, error: PublishError | None) -> None:
        """Count records as settled, with the error if they failed."""
        self.unsettled -= records
        # A refusal outranks the rest: trying again would never get past it.
        if self.error is None or isinstance(error, RecordRefusedError):
            self.error = error
        if self.unsettled == 0 and not self.future.done():
            if self.error is None:
                self.future.set_result(None)
            else:
                self.future.set_exception(self.error)
