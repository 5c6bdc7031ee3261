from __future__ import annotations

import json
import logging
import subprocess
import sys

from playhead.http.logs import JsonFormatter
from playhead.tracing.context import RequestContext, enter_request, leave_request
from playhead.tracing.spans import Tracer

_PROGRAM = """
import logging
from playhead.http.logs import configure
from playhead.settings import Settings
configure(Settings())
log = logging.getLogger("some.part")
log.debug("unheard")
log.info("hello %s", "there", extra={"partition": 3})
try:
    1 / 0
except ZeroDivisionError:
    log.exception("it failed")
"""


def lines(environment: dict[str, str]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_logs_json_with_extras_and_tracebacks_unless_in_development() -> None:
    hello, failed = [json.loads(line) for line in lines({})]
    assert hello["time"].endswith("Z")
    del hello["time"]
    assert hello == {"level": "info", "logger": "some.part", "message": "hello there", "partition": 3}
    assert failed["level"] == "error"
    assert "ZeroDivisionError" in failed["exception"]


def test_development_logs_for_people() -> None:
    loud, *rest = lines({"PLAYHEAD_ENVIRONMENT": "development", "PLAYHEAD_LOG_LEVEL": "debug"})
    assert "WARNING playhead.http.logs: PLAYHEAD_ENVIRONMENT is development: the published" in loud
    assert rest[0].endswith("DEBUG   some.part: unheard")
    assert rest[1].endswith("INFO    some.part: hello there")
    assert rest[0].split()[0].endswith("Z")


_AUDIT = """
import logging
from playhead.http.logs import configure
from playhead.settings import Settings
configure(Settings())
logging.getLogger("playhead.audit").info("read", extra={"act": "read"})
logging.getLogger("some.part").warning("unheard")
"""


def test_no_log_level_switches_the_audit_trail_off() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _AUDIT],
        env={"PLAYHEAD_LOG_LEVEL": "error"},
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = [json.loads(line) for line in done.stderr.splitlines()]
    assert (line["logger"], line["act"]) == ("playhead.audit", "read")


def test_a_line_within_a_request_names_it_and_its_trace() -> None:
    tracer = Tracer("playhead-test", 512)
    request = RequestContext("a-1")
    record = logging.makeLogRecord({"name": "playhead.test", "levelname": "INFO", "msg": "saved"})

    def line() -> dict[str, str]:
        found: dict[str, str] = json.loads(JsonFormatter().format(record))
        return {name: found[name] for name in ("request_id", "trace_id", "span_id") if name in found}

    assert line() == {}
    entered = enter_request(request)
    assert line() == {"request_id": "a-1"}
    span = request.span = tracer.begin("request", "server", {})
    _, trace_id, span_id, _ = span.traceparent.decode().split("-")
    assert line() == {"request_id": "a-1", "trace_id": trace_id, "span_id": span_id}
    leave_request(entered)
    assert line() == {}
    tracer.close()
