"""The body of `PUT /api/org/settings`."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from playhead.progress.policy import AcceptedEvidence
from query_api.organisation.settings import OwnSettings

_BINARY_ERROR = 1e-9
"""Decimal fractions differ from their binary ones by less."""


def _in_thousandths(share: float) -> float:
    if abs(share - round(share, 3)) > _BINARY_ERROR:
        raise ValueError("is not in whole thousandths")
    return round(share, 3)


class OrganisationSettingsBody(BaseModel):
    """All settings. One that is left out, or null, has its default from then on."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)

    time_zone: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z0-9_+/-]+$",
        description="The IANA name of the zone whose days the organisation's days are.",
        examples=["Europe/Berlin"],
    )
    completion_threshold: Annotated[float, Field(ge=0.001, le=1), AfterValidator(_in_thousandths)] | None = (
        Field(
            default=None,
            description="The share that completes an item without a threshold of its own, in whole "
            "thousandths.",
            examples=[0.9],
        )
    )
    evidence: AcceptedEvidence | None = Field(
        default=None,
        description="`any` believes a client's percentage; `watched` counts only what was played or read. "
        "For items that have none of their own.",
    )
    count_hidden: bool | None = Field(
        default=None, description="Whether time in a hidden tab counts, for items that do not say."
    )
    inactive_days: int | None = Field(
        default=None,
        ge=1,
        le=3650,
        description="Who had no activity for so many times 24 hours is `inactive`.",
    )
    behind_points: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="Whose progress lies so many percentage points below the team's median is `behind`.",
    )
    behind_minimum_team: int | None = Field(
        default=None, ge=2, le=10_000, description="Nobody is `behind` in a team of fewer members."
    )
    newcomer_days: int | None = Field(
        default=None, ge=0, le=3650, description="Nobody is `behind` in their first so many days."
    )

    @property
    def own(self) -> OwnSettings:
        """The settings as values."""
        return OwnSettings(**self.model_dump())
