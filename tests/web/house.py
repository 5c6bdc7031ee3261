"""An organisation of a test's own, in the running pipeline: its people, items and what became of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import psycopg

from operations.demo.sign_in_links import sign_in_link
from playhead.identity import mint_development_token
from playhead.progress import TenantId, UserId
from playhead.settings import TokenSettings
from tests.faults.pipeline import Pipeline, until
from tests.web.clips import LONG, LONG_S, SHORT, SHORT_S

STORED_S = 20
"""For what was saved to be seen: the processor has it at once, the sink every half a second."""

LINK_S = 600

Row = dict[str, Any]
Found = TypeVar("Found")


def an_id() -> str:
    return str(uuid4())


@dataclass(frozen=True)
class Person:
    """Somebody, and what they may do."""

    tenant: str
    name: str
    roles: tuple[str, ...] = ()
    user_id: str = field(default_factory=an_id)

    def token(self, lifetime_s: int = 86_400) -> str:
        """A bearer token; a lifetime below zero makes one that has expired, but for 30 s of leeway."""
        tenant, user = TenantId(self.tenant), UserId(self.user_id)
        return mint_development_token(TokenSettings(), tenant, user, self.roles, lifetime_s)


class House:
    """A tenant."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.url = pipeline.url
        self.tenant = an_id()
        self.admin = self.person("Abel Admin", "admin")
        self._client = httpx.Client(base_url=self.url, timeout=30)

    def close(self) -> None:
        self._client.close()

    def person(self, name: str, *roles: str) -> Person:
        """Somebody, who is not yet in the directory."""
        return Person(self.tenant, name, roles)

    def put(self, kind: str, *rows: Row) -> None:
        """Store rows in the directory."""
        answer = self._client.put(f"/api/directory/{kind}", json={"items": rows}, headers=_bearer(self.admin))
        assert answer.status_code == 200, answer.text
        assert answer.json()["rejected"] == [], answer.text

    def link(self, token: str, path: str = "/") -> str:
        """The address of a page that signs in with a token, once."""
        link = sign_in_link(self.pipeline.settings, self.url, token, LINK_S)
        return link.replace(f"{self.url}/", f"{self.url}{path}", 1)

    def enrol(self, *people: Person) -> None:
        """Make them known by name."""
        self.put("people", *({"userId": each.user_id, "displayName": each.name} for each in people))

    def item(self, title: str = "Fire safety", media: str = SHORT, **fields: Any) -> str:
        """A video of the catalogue; its id."""
        content = an_id()
        seconds = {SHORT: SHORT_S, LONG: LONG_S}.get(media)
        row: Row = {"contentId": content, "title": title, "type": "video", "mediaUrl": f"/media/{media}"}
        self.put("content", {**row, "durationSeconds": seconds, **fields})
        return content

    def read(self, who: Person, path: str, **query: Any) -> Any:
        """The API's answer to a person."""
        answer = self._client.get(path, params=query, headers=_bearer(who))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def request(self, who: Person, method: str, path: str, **options: Any) -> Any:
        """The answer to a request that saves."""
        answer = self._client.request(method, path, headers=_bearer(who), **options)
        assert answer.status_code == 202, answer.text
        return answer.json()

    def key(self, name: str, *scopes: str) -> str:
        """A new API key."""
        body = {"name": name, "scopes": scopes}
        answer = self._client.post("/api/keys", headers=_bearer(self.admin), json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["key"])

    def text(self, who: Person, path: str, **query: Any) -> str:
        """The same, where it is no JSON."""
        answer = self._client.get(path, params=query, headers=_bearer(who))
        assert answer.status_code == 200, answer.text
        return answer.text

    def progress(self, who: Person, content: str) -> Any:
        """A person's progress with an item, as the API gives it now."""
        return self.read(who, f"/api/progress/{content}")

    def save(self, who: Person, content: str, *segments: tuple[float, float], **fields: Any) -> None:
        """What a player elsewhere would send; returns once it is to be read."""
        before = self.progress(who, content)["lastViewed"]
        body = {
            "contentId": content,
            "sessionId": an_id(),
            "event": "heartbeat",
            "progressType": "video",
            "metadata": {"watchedSegments": segments, "lastPositionSeconds": segments[-1][1]}
            | fields.pop("metadata", {}),
            **fields,
        }
        answer = self._client.post("/api/progress", json=body, headers=_bearer(who))
        assert answer.status_code == 202, answer.text
        self.until(lambda: self.progress(who, content)["lastViewed"] != before, "a save to be read")

    def becomes(self, who: Person, content: str, is_so: Callable[[Any], bool], what: str) -> Any:
        """Wait until a person's progress in the API satisfies `is_so`."""

        def ask() -> Any:
            saved = self.progress(who, content)
            return saved if is_so(saved) else None

        return until(ask, STORED_S, what)

    def until(self, is_so: Callable[[], object], what: str) -> None:
        until(lambda: True if is_so() else None, STORED_S, what)

    def row(self, who: Person, content: str) -> Row | None:
        """Somebody's row of Postgres, with every session that is stored of it."""
        query = """
            SELECT progress_percentage, status, total_sessions, last_viewed_at, completed_at,
                (metadata->>'last_position_seconds')::float8 AS position
            FROM progress.user_progress WHERE tenant_id = %s AND user_id = %s AND content_id = %s
        """
        with psycopg.connect(self.pipeline.settings.postgres_admin_dsn) as connection:
            cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
            return cursor.execute(query, [self.tenant, who.user_id, content]).fetchone()

    def stored(self, who: Person, content: str, is_so: Callable[[Row], bool], what: str) -> Row:
        """Wait until Postgres has it so."""

        def ask() -> Row | None:
            row = self.row(who, content)
            return row if row is not None and is_so(row) else None

        return until(ask, STORED_S, what)


def _bearer(who: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {who.token()}"}
