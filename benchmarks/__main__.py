"""`python -m benchmarks [NAME …]`: measure all, or those named, and write `docs/benchmarks.md`."""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from pathlib import Path

import msgspec

from benchmarks.catalogue import BENCHMARKS, Benchmark
from benchmarks.machine import machine
from benchmarks.report import Measurement, Record, markdown
from benchmarks.tables import tables

DOCS = Path(__file__).resolve().parents[1] / "docs"


def main() -> int:
    """Run the benchmarks; exit with 1 if any of them failed."""
    options = _options()
    names = options.names or [name for name, each in BENCHMARKS.items() if each.quick or not options.quick]
    record = _earlier(options.output / "benchmarks.json")
    load = os.getloadavg()[0]
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
    parser.add_argument("--quick", action="store_true", help="see that they run; the figures mean nothing")
    parser.add_argument("--output", type=Path, default=DOCS, help="where benchmarks.md and .json are written")
    return parser.parse_args()


def _measure(benchmark: Benchmark, load: float, *, quick: bool) -> Measurement:
    began = time.perf_counter()
    if quick and benchmark.quick is None:
        raise SystemExit("it has no quick form")
    result = (benchmark.quick or benchmark.run)() if quick else benchmark.run()
    return Measurement(result=result, seconds=time.perf_counter() - began, load_average=load)


def _earlier(path: Path) -> Record:
    """What was measured before; nothing of it where that was another machine, or other versions."""
    here = machine()
    if not path.exists():
        return Record(machine=here)
    earlier = msgspec.json.decode(path.read_bytes(), type=Record)
    if earlier.machine == here:
        return earlier
    print("the earlier results are of another machine, or of other versions: they are dropped")
    return Record(machine=here)


def _write(record: Record, output: Path) -> None:
    raw = msgspec.json.format(msgspec.json.encode(record), indent=2)
    (output / "benchmarks.json").write_bytes(raw + b"\n")
    sections = {name: each.section for name, each in BENCHMARKS.items()}
    (output / "benchmarks.md").write_text(markdown(record, sections), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
