"""`python -m benchmarks [NAME …]`: measure all, or those named, and write `docs/benchmarks.md`.

On a machine with other work it measures nothing, unless `--on-busy-machine` says that this is known.
`--quick` measures the hot path in three minutes at most and writes nothing: for a comparison with the commit
before.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from pathlib import Path

import msgspec

from benchmarks import scale_page
from benchmarks.catalogue import BENCHMARKS, Benchmark
from benchmarks.machine import BUSY_PER_CORE, is_busy, machine
from benchmarks.report import Measurement, Record, markdown
from benchmarks.tables import tables

DOCS = Path(__file__).resolve().parents[1] / "docs"


def main() -> int:
    """Run the benchmarks; exit with 1 if any of them failed, with 2 if the machine is busy."""
    options = _options()
    names = options.names or [
        name for name, each in BENCHMARKS.items() if each.is_hot_path or not options.quick
    ]
    load = os.getloadavg()[0]
    if is_busy(load):
        print(_busy(load), file=sys.stderr)
        if not (options.quick or options.on_busy_machine):
            return 2
    record = _earlier(options.output / "benchmarks.json")
    failed = []
    for number, name in enumerate(names, start=1):
        print(f"[{number}/{len(names)}] {BENCHMARKS[name].section.title} …", flush=True)
        try:
            measurement = _measure(BENCHMARKS[name], load, quick=options.quick)
        except Exception:  # noqa: BLE001 - the other benchmarks still run, and the exit code reports it
            traceback.print_exc()
            failed.append(name)
            continue
        print("\n".join(tables(f"in {measurement.seconds:.0f} s", measurement.result)), flush=True)
        record = record.with_measurement(name, measurement)
        if not options.quick:
            _write(record, options.output)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", choices=[[], *BENCHMARKS], metavar="NAME", help=", ".join(BENCHMARKS)
    )
    parser.add_argument("--quick", action="store_true", help="the hot path in three minutes; writes nothing")
    parser.add_argument(
        "--on-busy-machine", action="store_true", help="write figures although the machine has other work"
    )
    parser.add_argument("--output", type=Path, default=DOCS, help="where benchmarks.md and .json are written")
    return parser.parse_args()


def _busy(load: float) -> str:
    return (
        f"the machine is busy: load average {load:.1f} on {os.cpu_count()} cores, and {BUSY_PER_CORE} a core "
        "is the limit. Rates will be too low, latencies and processor times too high. Wait until the other "
        "work is done; --quick measures all the same and writes nothing, --on-busy-machine writes figures."
    )


def _measure(benchmark: Benchmark, load: float, *, quick: bool) -> Measurement:
    began = time.perf_counter()
    if quick and benchmark.quick is None:
        raise SystemExit("it has no quick form")
    result = (benchmark.quick or benchmark.run)() if quick else benchmark.run()
    return Measurement(result=result, seconds=time.perf_counter() - began, load_average=load)


def _earlier(path: Path) -> Record:
    """What was measured before on this machine, by whatever versions."""
    here = machine()
    if not path.exists():
        return Record(machine=here)
    earlier = msgspec.json.decode(path.read_bytes(), type=Record)
    record = earlier.on(here)
    if len(record.measurements) < len(earlier.measurements):
        print("the earlier results are of another machine: they are dropped")
    return record


def _write(record: Record, output: Path) -> None:
    raw = msgspec.json.format(msgspec.json.encode(record), indent=2)
    (output / "benchmarks.json").write_bytes(raw + b"\n")
    sections = {name: each.section for name, each in BENCHMARKS.items()}
    (output / "benchmarks.md").write_text(markdown(record, sections), encoding="utf-8")
    page, scale = output / "scale.md", record.measurements.get("scale")
    if scale is not None and page.exists():
        page.write_text(scale_page.renewed(page.read_text(encoding="utf-8"), scale), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
