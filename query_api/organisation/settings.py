"""The settings of an organisation. Pure.

A value that the organisation has not set is the default: the installation's for the policy, the release's
for everything else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from playhead.progress import Policy
from playhead.progress.policy import AcceptedEvidence


class OrganisationSettings(Struct, frozen=True, kw_only=True):
    """The value of every setting."""

    time_zone: str = "UTC"
    """An IANA name."""
    completion_threshold: float = 0.9
    evidence: AcceptedEvidence = "any"
    count_hidden: bool = True
    """Whether time in a hidden tab counts."""
    inactive_days: int = 14
    """Who had no activity for so many times 24 hours is inactive."""
    behind_points: int = 25
    """Whose progress lies at least so many percentage points below the team's median is behind."""
    behind_minimum_team: int = 5
    """Only in teams of so many members."""
    newcomer_days: int = 14
    """Not in the first so many days."""


class OwnSettings(Struct, frozen=True, kw_only=True):
    """What an organisation has set; None is the default."""

    time_zone: str | None = None
    completion_threshold: float | None = None
    evidence: AcceptedEvidence | None = None
    count_hidden: bool | None = None
    inactive_days: int | None = None
    behind_points: int | None = None
    behind_minimum_team: int | None = None
    newcomer_days: int | None = None


class StoredSettings(Struct, frozen=True, kw_only=True):
    """An organisation's settings as PostgreSQL has them."""

    own: OwnSettings = OwnSettings()
    updated_at: datetime | None = None
    """None: nothing was ever set."""
    days_zone: str = "UTC"
    """The time zone in which the days of all people are counted."""
    is_recounting: bool = False
    """Whether days are being counted again in another zone."""


POLICY_FIELDS = frozenset({"completion_threshold", "evidence", "count_hidden"})
"""A change of these derives every item's rows again."""


def defaults(policy: Policy) -> OrganisationSettings:
    """The settings of an organisation that has set nothing; `policy` is the installation's."""
    return OrganisationSettings(completion_threshold=policy.threshold, evidence=policy.evidence)


def effective(own: OwnSettings, default: OrganisationSettings) -> OrganisationSettings:
    """The value of every setting."""
    return replace(default, **_set(own))


def unset(own: OwnSettings) -> list[str]:
    """The names of the settings that have their default."""
    return [name for name, value in asdict(own).items() if value is None]


def changes(before: OwnSettings, after: OwnSettings) -> frozenset[str]:
    """The names of the settings that differ."""
    old, new = asdict(before), asdict(after)
    return frozenset(name for name in old if old[name] != new[name])


def _set(own: OwnSettings) -> dict[str, Any]:
    return {name: value for name, value in asdict(own).items() if value is not None}
