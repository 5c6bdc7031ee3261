"""Processor time, of a process with all that it started."""

from __future__ import annotations

from contextlib import suppress

import psutil


def cpu_seconds(pid: int) -> float:
    """User and system time so far, of the process and its children, of those that ended too."""
    process = psutil.Process(pid)
    spent = _seconds(process)
    for child in process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it ended just now, and counts for its parent
            spent += _seconds(child)
    return spent


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    reaped = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return float(times.user + times.system + reaped)
