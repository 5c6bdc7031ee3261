"""Defines progress and how it grows. Pure: no I/O and no clock; time is passed in.

A `Heartbeat` is one message from one player. Heartbeats of one viewing join into a `Session`, sessions of one
person with one item join into `Progress`, and `summarize` derives everything that is shown from it, under a
`Policy`. Joining is commutative, associative and idempotent, so the log may be replayed, reordered or read
twice. Order matters in one place: a heartbeat that would give an item more than `MAX_SPANS` spans is refused
as a whole (`advance` returns a `Refusal`, `apply` changes nothing), which depends on the heartbeats before
it.

Units: instants are milliseconds since the Unix epoch (UTC), positions and spans of media are milliseconds of
media time, pages count from 1.

In reading order: `intervals` (the algebra), `heartbeat`, `quarters` (what a session had reached when),
`edges` (of players that report no intervals), `session`, `acts` (marks and attempts), `imports`, `progress`
(the joins), `absorb` (one heartbeat, quickly), `attempts`, `policy`, `figures` (what is shown), `recording`
(when an attempt was completed), `compaction` (old sessions become totals), `merging` (two accounts of one
person) and `advance` (one heartbeat applied).
"""

from playhead.progress.advance import Refusal, advance, advance_by_merge, apply, settle
from playhead.progress.figures.resume import ResumeOffer, resume
from playhead.progress.figures.summary import Evidence, Status, Summary, summarize
from playhead.progress.heartbeat import ContentType, Heartbeat, HeartbeatEvent
from playhead.progress.identifiers import ContentId, HeartbeatId, Instant, SessionId, TenantId, UserId
from playhead.progress.intervals import EMPTY, Intervals, at_least
from playhead.progress.policy import Override, Policy
from playhead.progress.progress import NOTHING, Progress, join
from playhead.progress.session import Session

__all__ = [
    "EMPTY",
    "NOTHING",
    "ContentId",
    "ContentType",
    "Evidence",
    "Heartbeat",
    "HeartbeatEvent",
    "HeartbeatId",
    "Instant",
    "Intervals",
    "Override",
    "Policy",
    "Progress",
    "Refusal",
    "ResumeOffer",
    "Session",
    "SessionId",
    "Status",
    "Summary",
    "TenantId",
    "UserId",
    "advance",
    "advance_by_merge",
    "apply",
    "at_least",
    "join",
    "resume",
    "settle",
    "summarize",
]
