"""From a message of a live channel to the change that every stream of those who hear it sends."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import asdict

from playhead.policies import TenantPolicies
from playhead.progress import summarize
from playhead.progress.identifiers import TenantId
from playhead.wire.codec import decode_progress
from playhead.wire.keys import person_of_channel
from playhead.wire.live import decode_live_change
from query_api.live.events import Changed, MemberChanged, encode
from query_api.models import MemberChange
from query_api.views import listed_item

Read = Callable[[str, bytes], Changed]
"""A message of a channel as a change; raises WireError."""


def reading(policies: Callable[[TenantId], TenantPolicies]) -> Read:
    """A function that reads messages, each under the policy that its item has in its tenant."""

    def read(channel: str, message: bytes) -> Changed:
        tenant, user = person_of_channel(channel)
        change = decode_live_change(message)
        progress = decode_progress(bytes(change.progress))
        item = listed_item(
            change.content_id, summarize(progress, policies(tenant).of(change.content_id).policy)
        )
        member = MemberChange(user_id=user, **asdict(item))
        of_member = MemberChanged(user, change.content_id, encode(member))
        return Changed(change.content_id, progress, encode(item), of_member)

    return read
