from __future__ import annotations

from rich.console import Console

from operations.local.monitor import UnitStatus
from operations.local.restart import Phase
from operations.up.display import line, table

ROWS = [
    UnitStatus("kafka", Phase.READY, 11, None, None, None, 370_000_000, 0, ""),
    UnitStatus(
        "processor", Phase.FAILING, None, 1234.5, 7, 2, None, 5, "ended with exit code 1\n[red]oh[/red]"
    ),
]


def test_line_has_what_is_known_and_no_more() -> None:
    assert line(ROWS) == "kafka ready 370 MB | processor failing 1,234/s lag 7 errors 2 restarts 5"


def test_table_has_a_row_each_and_the_verbatim_log_of_a_process_that_keeps_dying() -> None:
    console = Console(width=120, record=True, quiet=False, file=None, force_terminal=False)
    with console.capture() as captured:
        console.print(table(ROWS, "Playhead"))
    shown = captured.get()
    assert "370 MB" in shown
    assert "failing" in shown
    assert "processor ended with exit code 1\n[red]oh[/red]" in shown


def test_a_service_that_is_not_ready_is_shown_with_its_reason() -> None:
    row = UnitStatus(
        "processor", Phase.UNREADY, 11, 0.0, 40, 0, 90_000_000, 0, "partition 3: step emit fails\nmore"
    )
    assert line([row]) == "processor not ready (partition 3: step emit fails) 0/s lag 40 90 MB"
    console = Console(width=120)
    with console.capture() as captured:
        console.print(table([row], "Playhead"))
    assert "not ready" in captured.get()
    assert "processor partition 3: step emit fails" in captured.get()
