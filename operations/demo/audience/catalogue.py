"""The catalogue of the demo organisation, as rows of the directory. Pure."""

from __future__ import annotations

import re
from typing import Any

from operations.demo.audience.habits import FILM_SECONDS, Habits

MEDIA = "/media/"
"""The path at which the query API serves the demo's files."""
DOCUMENT, DOCUMENT_PAGES = 24, 6
"""The number of the only document, and its pages."""
ARCHIVED = 25
"""The number of the item that is archived: people watched it, and nobody is to."""
OPTIONAL = frozenset({18, 19, 23})
"""The numbers of the items that are required of nobody."""
TITLES: tuple[tuple[str, str], ...] = (
    ("Information security essentials", "video"),
    ("Our code of conduct", "video"),
    ("Fire safety at work", "video"),
    ("Manual handling without injury", "video"),
    ("First aid: the first five minutes", "video"),
    ("Working at height", "video"),
    ("Recognising phishing", "video"),
    ("Handling personal data", "video"),
    ("Difficult conversations with customers", "video"),
    ("Reading a balance sheet", "course"),
    ("Forklift refresher", "video"),
    ("Incident reports that help", "video"),
    ("Negotiation in practice", "course"),
    ("Onboarding a new colleague", "video"),
    ("Preventing harassment", "video"),
    ("Display screens and posture", "video"),
    ("Route planning for deliveries", "video"),
    ("Feedback that is heard", "video"),
    ("Code review as a conversation", "video"),
    ("Anti-bribery in two scenes", "video"),
    ("Leading your first team", "course"),
    ("Presenting with confidence", "video"),
    ("Sustainable purchasing", "video"),
    ("What changed this quarter", "video"),
    ("When the alarm sounds", "document"),
    ("Fire safety at work, as it was last year", "video"),
)
COURSE, COURSE_TITLE = 26, "Safe at work: the whole course"
"""The number and the title of the course that is made of other items; nobody watches it itself."""
COURSE_PARTS, OPTIONAL_PART = (2, DOCUMENT, 4), 3
"""The numbers of the items that are its parts, in order; the optional one comes last."""
_STRICT = {0: 0.95, 2: 0.95, 7: 1.0}
"""Items that only playing completes, with the share that does."""


def catalogue(habits: Habits) -> list[dict[str, Any]]:
    """Return every item as a row of the directory, by its number."""
    return [*(_row(habits, number) for number in range(len(TITLES))), course(habits)]


def course(habits: Habits) -> dict[str, Any]:
    """Return the course with parts as a row of the directory."""
    parts: list[dict[str, Any]] = [{"contentId": habits.item(number)[0]} for number in COURSE_PARTS]
    return {
        "contentId": habits.item(COURSE)[0],
        "title": COURSE_TITLE,
        "type": "course",
        "thumbnailUrl": f"{MEDIA}{_plain(COURSE_TITLE)}.svg",
        "parts": [*parts, {"contentId": habits.item(OPTIONAL_PART)[0], "optional": True}],
    }


def file_name(number: int) -> str:
    """Return the name of an item's files, without their endings."""
    return _plain(TITLES[number][0])


def _plain(title: str) -> str:
    return re.sub(r"[^a-z]+", "-", title.lower())


def _row(habits: Habits, number: int) -> dict[str, Any]:
    title, kind = TITLES[number]
    content, seconds = habits.item(number)
    row: dict[str, Any] = {"contentId": content, "title": title, "type": kind}
    if number != DOCUMENT:
        row["durationSeconds"] = seconds
    if number == ARCHIVED:
        row["archived"] = True
    if number in _STRICT:
        row |= {"completionThreshold": _STRICT[number], "evidence": "watched"}
    return row | _files(number)


def _files(number: int) -> dict[str, Any]:
    at = f"{MEDIA}{file_name(number)}"
    if number in FILM_SECONDS:
        return {"mediaUrl": f"{at}.webm", "thumbnailUrl": f"{at}.jpg"}
    if number == DOCUMENT:
        return {"mediaUrl": f"{at}.html", "thumbnailUrl": f"{at}.svg"}
    return {"thumbnailUrl": f"{at}.svg"}
