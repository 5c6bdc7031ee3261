"""The endpoints: admission, limits, decoding, translation and publishing of a request, and its answer.

FastAPI documents them (see `openapi`) and serves none of them: those for heartbeats are raw ASGI (see
`hot_route`), those for marks are plain Starlette.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import msgspec
from msgspec.structs import replace
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope

from ingest import metrics
from ingest.admission import Admission, TooManyItemsError
from ingest.batches import decode_batch, translate_batch
from ingest.bodies import (
    Adjusted,
    BatchSaved,
    InvalidBodyError,
    Rejected,
    Saved,
    decode_beacon_body,
    decode_save_body,
)
from ingest.hot_route import SavingRoute
from ingest.items import ItemsInRedis
from ingest.log import SavingLog
from ingest.marks import MarkRequest, read_mark
from ingest.on_behalf import DirectoryAwayError, OnBehalf, OpenedCourse
from ingest.refusals import REFUSED, UnsupportedMediaTypeError, refusal
from ingest.translate import adjustments, correction_of, manual_mark, translate
from playhead.audit_trail.recorder import Recorder
from playhead.http.bodies import read_body
from playhead.http.common_headers import request_id_in
from playhead.http.problems import Problem, problem_response
from playhead.identity import IdentityError, Principal
from playhead.kafka.errors import RecordRefusedError
from playhead.progress.identifiers import ContentId, HeartbeatId, Instant, UserId
from playhead.settings import IngestSettings
from playhead.wire.codec import encode
from playhead.wire.heartbeats import HeartbeatRecord

_BEYOND_QUOTA = "the person has as many items as one may have; this would be another"

_SERVER_ERROR = 500

_encode_answer = msgspec.json.Encoder().encode


class SavingEndpoints:
    """The endpoints that save. Each answers 202 only when Kafka has acknowledged what it accepted."""

    def __init__(
        self,
        settings: IngestSettings,
        admission: Admission,
        items: ItemsInRedis,
        log: SavingLog,
    ) -> None:
        self._admission = admission
        self._items = items
        self._publish = log.publish
        self.on_behalf = OnBehalf(settings.databases)
        self._trusted = settings.trusted_proxies
        self._max_body = settings.ingest_max_body_bytes
        self._max_batch = settings.ingest_max_batch
        self.recorder = Recorder(settings.trusted_proxies, self.on_behalf.record)
        self.heartbeat = SavingRoute("/api/progress", self._save_heartbeat, self.refused)
        self.batch = SavingRoute("/api/progress/batch", self._save_batch, self.refused)

    async def completion(self, request: Request) -> Response:
        """`POST` (mark complete) or `DELETE` (take it back) `/api/progress/{contentId}/completion`."""
        return await self._answer(self._save_mark, request)

    async def attempts(self, request: Request) -> Response:
        """`POST /api/progress/{contentId}/attempts`."""
        return await self._answer(partial(self._save_mark, attempt=True), request)

    async def _answer(self, save: Callable[[Request], Awaitable[Any]], request: Request) -> Response:
        began = time.perf_counter()
        try:
            answer = await save(request)
        except REFUSED as error:
            return problem_response(self.refused(request.scope, error))
        except ClientDisconnect:
            return Response(status_code=400)  # never received
        metrics.SAVE_SECONDS.observe(time.perf_counter() - began)
        return Response(_encode_answer(answer), 202, media_type="application/json")

    def refused(self, scope: Scope, error: Exception) -> Problem:
        """Count and record a refused request; returns its problem."""
        if isinstance(error, IdentityError):
            self.recorder.unidentified(scope, request_id_in(scope), error)
        problem, reason = refusal(error)
        metrics.reject(reason)
        return problem

    async def _save_heartbeat(self, scope: Scope, receive: Receive) -> bytes:
        principal, body = await self._admitted_body(scope, receive)
        self._admission.charge(principal, 1)
        heartbeat = decode_save_body(body)
        received_at = _now()
        corrected = correction_of(heartbeat, heartbeat.occurred_at, received_at)
        record = translate(heartbeat, principal, received_at, uuid4, corrected)
        saved = await self._save_one(principal, record, adjustments(heartbeat, record, corrected))
        return _encode_answer(saved)

    async def _save_mark(self, request: Request, *, attempt: bool = False) -> Saved:
        principal, person = await self._admission.admit(request.scope)
        mark = await read_mark(request, principal, self._admission.aliases, attempt=attempt)
        self._admission.charge(person, 1)
        if mark.subject is None:
            return await self._save_act(principal, mark)
        note = partial(mark.act, request, principal, trusted=self._trusted)
        try:
            subject = await self.on_behalf.permit(principal, mark.subject)
            saved = await self._save_act(subject, mark, principal.user_id)
        except REFUSED as error:
            status = refusal(error)[0].status
            self.recorder.add(note("failed" if status >= _SERVER_ERROR else "refused", str(status)))
            raise
        self.recorder.add(note("done", ""))
        return saved

    async def _save_act(self, subject: Principal, mark: MarkRequest, by: UserId | None = None) -> Saved:
        """Save an act; an attempt of a course is one of each of its parts that was opened, at one time."""
        course = None if mark.event == "complete" else await self._course(subject, mark, by)
        act = manual_mark(mark.content_id, mark.event, subject, _now(), uuid4())
        act = replace(act, acting_user=by, kind=None if course is None else "course")
        begins = course is not None and (
            mark.event == "attempt"
            or (course.is_completed and not await self._items.has_mark(subject, act.content_id))
        )
        parts = await self._opened(subject, course) if course is not None and begins else ()
        others = [
            replace(act, heartbeat_id=HeartbeatId(str(uuid4())), content_id=part, kind=None, event="attempt")
            for part in parts
        ]
        return await self._save_one(subject, act, more=others)

    async def _opened(self, subject: Principal, course: OpenedCourse) -> list[ContentId]:
        """The parts that the person opened: PostgreSQL has them, or Redis, which has them sooner."""
        not_stored = [part for part in course.parts if part not in course.stored]
        new = await self._items.new_of(subject, not_stored) if not_stored else set()
        return [part for part in course.parts if part not in new]

    async def _course(self, subject: Principal, mark: MarkRequest, by: UserId | None) -> OpenedCourse | None:
        """The course to which an act applies, if any; one's own act does not fail with the directory.

        It is then of the item alone, which is all there is to do unless that is a course: done again once
        the directory answers, it reaches the parts as well.
        """
        try:
            return await self.on_behalf.course(subject, ContentId(str(mark.content_id)))
        except DirectoryAwayError:
            if by is not None and mark.event == "attempt":
                raise  # it needs the directory anyway, to be permitted
            return None

    async def _save_one(
        self,
        principal: Principal,
        record: HeartbeatRecord,
        adjusted: Sequence[Adjusted] = (),
        more: Sequence[HeartbeatRecord] = (),
    ) -> Saved:
        if self._items.is_over(principal) and await self._items.new_of(principal, [record.content_id]):
            raise TooManyItemsError
        await self._publish(principal, [record, *more])
        return Saved(record.heartbeat_id, _utc(record.received_at), adjusted=[*adjusted])

    async def _save_batch(self, scope: Scope, receive: Receive) -> bytes:
        principal, body = await self._admitted_body(scope, receive)
        request_body = decode_batch(body)
        count = len(request_body.heartbeats)
        if count > self._max_batch:
            raise InvalidBodyError("heartbeats", f"{count} heartbeats; a batch may have {self._max_batch}")
        self._admission.charge(principal, count)
        received_at = _now()
        batch = translate_batch(request_body, principal, received_at)
        records, rejected = batch.records, batch.rejected
        beyond = await self._take_out_new(principal, records)
        rejected += await self._publish_all(principal, records)
        metrics.reject("invalid", len(rejected))
        metrics.reject("quota", len(beyond))
        rejected += beyond
        return _encode_answer(
            BatchSaved(
                count - len(rejected),
                sorted(rejected, key=lambda each: each.index),
                _utc(received_at),
                batch.adjusted(),
            )
        )

    async def _take_out_new(
        self, principal: Principal, records: dict[int, HeartbeatRecord]
    ) -> list[Rejected]:
        """Remove the heartbeats for new items of a person over their quota.

        Raises:
            TooManyItemsError: that would be all of them.
        """
        if not self._items.is_over(principal):
            return []
        new = await self._items.new_of(principal, [each.content_id for each in records.values()])
        beyond = [index for index, each in records.items() if each.content_id in new]
        if beyond and len(beyond) == len(records):
            raise TooManyItemsError
        for index in beyond:
            del records[index]
        return [Rejected(index, _BEYOND_QUOTA, "contentId") for index in beyond]

    async def _admitted_body(self, scope: Scope, receive: Receive) -> tuple[Principal, bytes]:
        """Admit the request, before its body is read if a header identifies its sender.

        A beacon can send no header, so its token is the field `token` of its body; a query parameter would
        appear in the access logs of every proxy on the way. Only `text/plain` bodies may carry a token.
        """
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if _is_beacon(headers) and b"authorization" not in headers:
            body = await read_body(scope, receive, self._max_body)
            return await self._admission.admit_person(scope, decode_beacon_body(body).token), body
        person = await self._admission.admit_person(scope)
        return person, await read_body(scope, receive, self._max_body)

    async def _publish_all(self, principal: Principal, records: dict[int, HeartbeatRecord]) -> list[Rejected]:
        """Publish records by index in one call; repeat without each that Kafka refuses for good."""
        refused: list[Rejected] = []
        while True:
            try:
                await self._publish(principal, list(records.values()))
            except RecordRefusedError as error:
                index = next(
                    index for index, record in records.items() if encode(record) == error.record.value
                )
                refused.append(Rejected(index, str(error)))
                del records[index]
            else:
                return refused


def _is_beacon(headers: dict[bytes, bytes]) -> bool:
    """Whether `sendBeacon` may have sent the body: its media type is text, or absent.

    Raises:
        UnsupportedMediaTypeError: the body is neither JSON nor a beacon's, or is compressed.
    """
    media_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    is_beacon = media_type in (b"text/plain", b"")
    if not is_beacon and media_type != b"application/json":
        raise UnsupportedMediaTypeError("send application/json, or text/plain from a beacon")
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        raise UnsupportedMediaTypeError("send the body uncompressed")
    return is_beacon


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)


def _utc(instant: Instant) -> str:
    seconds = datetime.fromtimestamp(instant / 1000, UTC).replace(tzinfo=None)
    return f"{seconds.isoformat(timespec='milliseconds')}Z"
