"""The example in the OpenAPI document, made by `explain` itself."""

from __future__ import annotations

from playhead.policies.organisation import PolicyLayers
from playhead.progress import ContentId, Instant, Intervals, Override, Policy, Progress, Session, UserId
from query_api.evidence.explain import explain

_USER = UserId("0b7c2a52-6f0e-4f6e-9a53-5f3f6f1f9d10")
_CONTENT = ContentId("5b0d7f6e-3c1a-4f0e-8a53-6f6d1b9d2c11")
_BEGUN = 1_795_341_150_000
_HONEST = Session(
    started_at=Instant(_BEGUN),
    last_at=Instant(_BEGUN + 450_000),
    watched=Intervals.of([(0, 450_000)]),
    watch_ms=450_000,
    rate=1.0,
    measured=True,
)
_FORGED = Session(
    started_at=Instant(_BEGUN + 3_600_000),
    last_at=Instant(_BEGUN + 3_610_000),
    watched=Intervals.of([(400_000, 620_000)]),
    watch_ms=220_000,
    rate=1.0,
    measured=True,
)
_PROGRESS = Progress(
    sessions={"8f5ac3a1-94a6-4a5e-9d7d-0f4f2d1c7b21": _HONEST, "~1795344750000": _FORGED}, duration_ms=600_000
)

EVIDENCE = explain(
    _USER, _CONTENT, _PROGRESS, PolicyLayers(Policy(), item=Override(threshold=0.8, duration_ms=600_000))
)
