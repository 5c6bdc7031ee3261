from __future__ import annotations

import json
import logging
import subprocess
import sys

from playhead.http.logs import JsonFormatter

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


def test_a_line_within_a_trace_names_it() -> None:
    from opentelemetry.sdk.trace import TracerProvider

    record = logging.makeLogRecord({"name": "playhead.test", "levelname": "INFO", "msg": "saved"})
    with TracerProvider().get_tracer("test").start_as_current_span("request") as span:
        line = json.loads(JsonFormatter().format(record))
    context = span.get_span_context()
    assert int(line["trace_id"], 16) == context.trace_id
    assert (len(line["trace_id"]), len(line["span_id"])) == (32, 16)
    assert "trace_id" not in json.loads(JsonFormatter().format(record))
