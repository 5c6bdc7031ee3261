"""The answer of `/api/org/settings`."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import asdict

from playhead.progress.policy import AcceptedEvidence
from query_api.models import Body, Time
from query_api.organisation.settings import (
    OrganisationSettings,
    OwnSettings,
    StoredSettings,
    effective,
    unset,
)
from query_api.views import rfc3339

SettingName = Literal[
    "timeZone",
    "completionThreshold",
    "evidence",
    "countHidden",
    "inactiveDays",
    "behindPoints",
    "behindMinimumTeam",
    "newcomerDays",
]


class SettingValues(Body, frozen=True):
    """The value of every setting; `PUT /api/org/settings` describes them."""

    time_zone: Annotated[str, Meta(examples=["Europe/Berlin"])]
    completion_threshold: Annotated[float, Meta(gt=0, le=1)]
    evidence: AcceptedEvidence
    count_hidden: bool
    inactive_days: Annotated[int, Meta(ge=1)]
    behind_points: Annotated[int, Meta(ge=1, le=100)]
    behind_minimum_team: Annotated[int, Meta(ge=2)]
    newcomer_days: Annotated[int, Meta(ge=0)]


class OrganisationSettingsAnswer(SettingValues, frozen=True):
    """The settings of an organisation."""

    unset: Annotated[
        list[SettingName], Meta(description="The settings that the organisation has not set: their defaults.")
    ]
    defaults: Annotated[
        SettingValues, Meta(description="The installation's policy, and the release's other defaults.")
    ]
    updated_at: Annotated[Time | None, Meta(description="The last change; null for never.")]
    days_time_zone: Annotated[
        str,
        Meta(
            description="The zone in which all days are counted; for a while after `timeZone` has "
            "changed, the zone of before."
        ),
    ]
    recounting_days: Annotated[
        bool, Meta(description="Whether days are being counted again, since `timeZone` has changed.")
    ]


def settings_answer(stored: StoredSettings, default: OrganisationSettings) -> OrganisationSettingsAnswer:
    """The answer of the stored settings; `default` are those of an organisation that has set nothing."""
    found = effective(stored.own, default)
    return OrganisationSettingsAnswer(
        **asdict(found),
        unset=[_NAMES[name] for name in unset(stored.own)],
        defaults=SettingValues(**asdict(default)),
        updated_at=None if stored.updated_at is None else rfc3339(stored.updated_at.astimezone(UTC)),
        days_time_zone=stored.days_zone,
        recounting_days=stored.is_recounting or stored.days_zone != found.time_zone,
    )


_NAMES: dict[str, SettingName] = {
    "time_zone": "timeZone",
    "completion_threshold": "completionThreshold",
    "evidence": "evidence",
    "count_hidden": "countHidden",
    "inactive_days": "inactiveDays",
    "behind_points": "behindPoints",
    "behind_minimum_team": "behindMinimumTeam",
    "newcomer_days": "newcomerDays",
}

EXAMPLE = settings_answer(
    StoredSettings(own=OwnSettings(time_zone="Europe/Berlin"), days_zone="Europe/Berlin"),
    OrganisationSettings(),
)
