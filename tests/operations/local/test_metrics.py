from __future__ import annotations

from operations.local.metrics import STAGES, StageSample, rate, read

PAGE = """\
# HELP playhead_processor_heartbeats_total Heartbeats.
# TYPE playhead_processor_heartbeats_total counter
playhead_processor_heartbeats_total{verdict="applied"} 90.0
playhead_processor_heartbeats_total{verdict="duplicate"} 8.0
playhead_processor_heartbeats_total{verdict="dead"} 2.0
# TYPE playhead_processor_lag_records gauge
playhead_processor_lag_records{partition="0"} 3.0
playhead_processor_lag_records{partition="1"} 4.0
# TYPE playhead_query_requests_total counter
playhead_query_requests_total{route="/",status="200"} 7.0
playhead_query_requests_total{route="/",status="503"} 1.0
# TYPE caddy_http_requests_total counter
caddy_http_requests_total{handler="headers",server="srv0"} 9.0
caddy_http_requests_total{handler="reverse_proxy",server="srv0"} 6.0
# TYPE caddy_http_request_duration_seconds histogram
caddy_http_request_duration_seconds_count{code="200",handler="reverse_proxy",method="GET",server="srv0"} 4.0
caddy_http_request_duration_seconds_count{code="502",handler="headers",method="GET",server="srv0"} 3.0
caddy_http_request_duration_seconds_count{code="502",handler="reverse_proxy",method="GET",server="srv0"} 2.0
"""


def test_reading_sums_over_labels_and_picks_errors_by_theirs() -> None:
    assert read(PAGE, STAGES["processor"], 5.0) == StageSample(5.0, work=100, errors=2, lag=7)
    assert read(PAGE, STAGES["query"], 5.0) == StageSample(5.0, work=8, errors=1, lag=None)
    assert read(PAGE, STAGES["gateway"], 5.0) == StageSample(5.0, work=6, errors=2, lag=None)


def test_absent_metrics_are_unknown() -> None:
    assert read(PAGE, STAGES["sink"], 5.0) == StageSample(5.0)
    assert read("", STAGES["ingest"], 5.0) == StageSample(5.0)


def test_rate_is_work_over_time() -> None:
    assert rate(StageSample(10, work=100), StageSample(12, work=150)) == 25


def test_counter_of_a_new_process_starts_at_zero() -> None:
    assert rate(StageSample(10, work=1_000), StageSample(12, work=50)) == 25


def test_rate_is_unknown_without_a_counter() -> None:
    assert rate(StageSample(10, work=1), StageSample(11)) is None
