from __future__ import annotations

from benchmarks.goals import GOALS, Goal
from benchmarks.report import Measurement, Record, Section, markdown
from benchmarks.tables import tables

SECTIONS = {"end_to_end": Section("End to end", "How."), "sink": Section("Sink", "How else.")}


def measured(result: dict[str, object]) -> Measurement:
    return Measurement(result=result, seconds=1.0, load_average=0.2)


def test_a_goal_is_met_missed_or_not_measured() -> None:
    record = Record(machine={"cores": "2"}).with_measurement("sink", measured({"states_per_second": 24_999}))
    page = markdown(record, SECTIONS)
    missed = "| ≥ 25,000 states/s | 24,999 states/s | **no**, [see where the time goes](#sink) |"
    assert f"| sink into 1,000,000 rows {missed}\n" in page
    assert "| resume lookup, p99 | < 5 ms | not measured |  |\n" in page
    met = record.with_measurement("sink", measured({"states_per_second": 25_000}))
    assert "| 25,000 states/s | yes |" in markdown(met, SECTIONS)


def test_measuring_one_benchmark_anew_keeps_the_others() -> None:
    record = Record(machine={}).with_measurement("sink", measured({"states_per_second": 1}))
    record = record.with_measurement("end_to_end", measured({"repeats": 3}))
    page = markdown(record.with_measurement("sink", measured({"states_per_second": 2})), SECTIONS)
    assert "| repeats | 3 |" in page
    assert "| states per second | 2 |" in page
    assert "| states per second | 1 |" not in page


def test_measuring_one_benchmark_under_another_version_keeps_the_others_with_theirs() -> None:
    hardware = {"processor": "x", "cores": "2", "memory": "24 GiB"}
    earlier = Record(machine=hardware | {"Redis": "7.0", "Kafka": "4.3"})
    for name in SECTIONS:
        earlier = earlier.with_measurement(name, measured({"states_per_second": 1}))
    record = earlier.on(hardware | {"Redis": "7.2", "Kafka": "4.4"})
    record = record.with_measurement("sink", measured({"states_per_second": 2}))
    again = record.on(hardware | {"Redis": "7.4", "Kafka": "4.3"})
    assert record.measurements["end_to_end"].versions == {"Redis": "7.0", "Kafka": "4.3"}
    assert record.measurements["sink"].versions == {}
    assert again.measurements["end_to_end"].versions == {"Redis": "7.0"}
    assert again.measurements["sink"].versions == {"Redis": "7.2", "Kafka": "4.4"}
    assert markdown(record, SECTIONS).count("Measured earlier, with Redis 7.0, Kafka 4.3.") == 1


def test_results_of_other_hardware_are_not_kept() -> None:
    earlier = Record(machine={"cores": "2"}).with_measurement("sink", measured({"states_per_second": 1}))
    assert earlier.on({"cores": "4"}).measurements == {}


def test_a_busy_machine_is_told_of() -> None:
    record = Record(machine={}).with_measurement("sink", measured({"states_per_second": 1}))
    assert "busy" not in markdown(record, SECTIONS)
    busy = Measurement(result={"states_per_second": 1}, seconds=1.0, load_average=460.0)
    assert "busy" in markdown(record.with_measurement("sink", busy), SECTIONS)


def test_every_goal_reads_its_figure_from_where_it_lies() -> None:
    for goal in GOALS:
        result: object = 7.5
        for step in reversed(goal.path):
            result = {step: result}
        assert isinstance(result, dict)
        assert goal.measured({goal.benchmark: result}) == 7.5
        assert goal.measured({}) is None


def test_whether_a_bound_belongs_to_what_meets_it() -> None:
    at_least, at_most, below = (Goal("it", "sink", ("x",), relation, 10) for relation in ("≥", "≤", "<"))
    assert at_least.is_met(10)
    assert not at_least.is_met(9.99)
    assert at_most.is_met(10)
    assert not at_most.is_met(10.01)
    assert not below.is_met(10)
    assert below.is_met(9.99)


def test_nested_figures_become_tables_of_their_own() -> None:
    measured = {"people": 1_000, "rates": {"ours": {"median": 12.50, "most": 13}, "theirs": {"median": 2}}}
    assert list(tables("", measured)) == [
        "|  |  |\n| --- | ---: |\n| people | 1,000 |\n",
        "| rates | median | most |\n| --- | ---: | ---: |\n| ours | 12.5 | 13 |\n| theirs | 2 |  |\n",
    ]
