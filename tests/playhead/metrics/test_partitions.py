from __future__ import annotations

from itertools import count

from prometheus_client import REGISTRY

from playhead.metrics.partitions import PartitionGauges, PartitionPlace

_numbers = count()


class Shown:
    """Gauges with a name of their own, since the registry is the process's."""

    def __init__(self) -> None:
        self.prefix = f"test_partitions_{next(_numbers)}"
        self.gauges = PartitionGauges(self.prefix)

    def value(self, name: str, partition: int | None = None) -> float | None:
        labels = {} if partition is None else {"partition": str(partition)}
        return REGISTRY.get_sample_value(f"{self.prefix}_{name}", labels)


def test_each_partition_has_its_lag_in_records_and_seconds() -> None:
    shown = Shown()
    shown.gauges.show({0: PartitionPlace(5, 5), 1: PartitionPlace(5, 5)}, now=100.0)
    shown.gauges.show({0: PartitionPlace(6, 6), 1: PartitionPlace(5, 9)}, now=110.0)
    assert (shown.value("partition_lag_records", 0), shown.value("partition_lag_seconds", 0)) == (0, 0)
    assert (shown.value("partition_lag_records", 1), shown.value("partition_lag_seconds", 1)) == (4, 10)
    assert shown.value("lag_seconds") == 10


def test_the_time_of_the_last_progress_stands_where_records_wait_and_do_not_move() -> None:
    shown = Shown()
    shown.gauges.show({0: PartitionPlace(5, 5), 1: PartitionPlace(5, 9)}, now=100.0)
    shown.gauges.show({0: PartitionPlace(5, 5), 1: PartitionPlace(5, 9)}, now=160.0)
    assert shown.value("partition_progress_timestamp_seconds", 0) == 160, "nothing to do is no standstill"
    assert shown.value("partition_progress_timestamp_seconds", 1) == 100
    assert shown.value("progress_timestamp_seconds") == 160


def test_while_no_broker_answers_the_lag_is_the_last_that_was_known_and_ages() -> None:
    shown = Shown()
    shown.gauges.show({0: PartitionPlace(5, 9)}, now=100.0)
    shown.gauges.show({0: PartitionPlace(5, None)}, now=130.0)
    assert shown.value("partition_lag_records", 0) == 4
    assert shown.value("partition_lag_seconds", 0) == 30


def test_a_partition_that_is_not_located_yet_makes_no_progress() -> None:
    shown = Shown()
    shown.gauges.show({0: PartitionPlace(-1, 0)}, now=100.0)
    shown.gauges.show({0: PartitionPlace(-1, 0)}, now=130.0)
    assert shown.value("partition_progress_timestamp_seconds", 0) == 100


def test_a_revoked_partition_is_no_longer_shown() -> None:
    shown = Shown()
    shown.gauges.show({0: PartitionPlace(5, 9), 1: PartitionPlace(5, 9)}, now=100.0)
    shown.gauges.show({1: PartitionPlace(5, 9)}, now=101.0)
    assert shown.value("partition_lag_records", 0) is None
    assert shown.value("partition_lag_records", 1) == 4
    shown.gauges.show({}, now=102.0)
    assert shown.value("lag_seconds") == 0
