"""A client of ingest, and what it finds in the log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import anyio
import httpx

from ingest.app import Ingest
from playhead.identity import mint_development_token
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import IngestSettings
from playhead.wire.heartbeats import HeartbeatRecord, decode_heartbeat
from playhead.wire.topics import Topics
from tests.topic_reader import read_topic

TENANT = TenantId("11111111-1111-4111-8111-111111111111")
USER = UserId("22222222-2222-4222-8222-222222222222")
CONTENT = "0b8f8c1e-6f0a-4a57-9d43-6f1d2c3b4a59"


def token(user: str = USER, *roles: str) -> str:
    return mint_development_token(IngestSettings(), TENANT, UserId(user), roles)


@dataclass
class Client:
    http: httpx.AsyncClient
    settings: IngestSettings
    ingest: Ingest

    async def post(self, path: str, body: Any, *, user: str = USER, **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        default = {"Authorization": f"Bearer {token(user)}", "Content-Type": "application/json"}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post(path, content=content, headers=default | given)

    async def until_ready(self, status: int = 200) -> httpx.Response:
        with anyio.fail_after(30):
            while (answer := await self.http.get("/readyz")).status_code != status:
                await anyio.sleep(0.05)
        return answer

    def logged(self) -> list[HeartbeatRecord]:
        return logged(self.settings)


def logged(settings: IngestSettings) -> list[HeartbeatRecord]:
    """Every heartbeat in the log, whose key must be its person's."""
    topic = Topics.named(settings.kafka_prefix).heartbeats.name
    records = []
    for record in read_topic(settings.kafka_servers, topic):
        heartbeat = decode_heartbeat(record.value() or b"")
        assert record.key() == f"{heartbeat.tenant_id}:{heartbeat.user_id}".encode()
        records.append(heartbeat)
    return records
