"""Distinct types for plain values, so that one is not passed for another.

Identifiers are canonical lower-case UUID strings rather than `uuid.UUID`: they are keys of maps on the hot
path, and strings are hashed and compared in C. Code that decodes them from outside canonicalises them.
"""

from typing import NewType

TenantId = NewType("TenantId", str)
UserId = NewType("UserId", str)
ContentId = NewType("ContentId", str)
SessionId = NewType("SessionId", str)
HeartbeatId = NewType("HeartbeatId", str)

Instant = NewType("Instant", int)
"""Milliseconds since the Unix epoch, UTC."""
NEVER = Instant(0)

DAY_MS = 86_400_000
