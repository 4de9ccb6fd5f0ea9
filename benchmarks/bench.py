"""Measures all rows side by side, and writes or checks what is committed.

python -m benchmarks.bench                writes RESULTS.md, results.json and the chart
python -m benchmarks.bench --check        exit 1 when a ratio is 25 % above the committed one
python -m benchmarks.bench --quick        does less, and writes nothing
python -m benchmarks.bench --rows "5 8"   these rows only, and writes nothing
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from attrs import frozen

from benchmarks import results
from benchmarks.entrants import WrongWorkError
from benchmarks.judgement import Verdict, is_worse, verdict
from benchmarks.machine import BENCH_PYTHON, described
from benchmarks.measuring import Case, measured
from benchmarks.programs import known_authorities
from benchmarks.report import in_a_line, written
from benchmarks.rows import cases
from benchmarks.serving import Trust
from generator.program import exit_code

HERE = Path(__file__).resolve().parent


@frozen
class Findings:
    """What came of some cases."""

    verdicts: list[Verdict]
    asides: list[str]


def main() -> int:
    """Run the command; return its exit code."""
    arguments = argparse.ArgumentParser(description="Measure side by side.")
    arguments.add_argument("--check", action="store_true", help="compare with what is committed")
    arguments.add_argument("--quick", action="store_true", help="less of everything")
    arguments.add_argument("--rows", default="", help="numbers, with blanks between them")
    options = arguments.parse_args()
    rows = set(options.rows.split())
    if unknown := rows - {str(claim.row) for case in cases(quick=True) for claim in case.claims}:
        arguments.error(
            f"there is no row {min(unknown)}; rows are numbers, such as 5 for 5a and 5b"
        )
    chosen = [
        case
        for case in cases(quick=options.quick)
        if not rows or rows & {str(claim.row) for claim in case.claims}
    ]
    try:
        if options.check:
            return check(chosen, results.committed(HERE), find)
        if options.quick or rows:
            find(chosen)
            return 0
        return publish(chosen)
    except (WrongWorkError, OSError) as error:
        print(f"stopped: {error}", file=sys.stderr)
        return 2


def find(chosen: Iterable[Case]) -> Findings:
    """Measure cases, and tell of each what came of it."""
    verdicts: list[Verdict] = []
    asides: list[str] = []
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        trust = Trust.made_in(Path(folder), known_authorities())
        for case in chosen:
            samples = measured(case, trust)
            for claim in case.claims:
                verdicts.append(verdict(claim, samples))
                print(in_a_line(verdicts[-1]), flush=True)
            asides += [aside.told(samples) for aside in case.asides]
    for aside in asides:
        print(aside)
    return Findings(verdicts, asides)


def publish(chosen: Sequence[Case]) -> int:
    """Measure, and write what is to be committed; goals that are missed are no failure."""
    machine = described()
    started = time.monotonic()
    found = find(chosen)
    minutes = (time.monotonic() - started) / 60
    results.write(HERE, found.verdicts)
    report = written(found.verdicts, found.asides, machine, minutes)
    (HERE / "RESULTS.md").write_text(report, "utf-8")
    subprocess.run([BENCH_PYTHON, HERE / "chart.py"], check=True)
    met = sum(one.met for one in found.verdicts)
    print(f"{met} of {len(found.verdicts)} goals are met; see benchmarks/RESULTS.md")
    return 0


def check(
    chosen: Sequence[Case],
    committed: dict[str, float],
    measure: Callable[[Iterable[Case]], Findings],
) -> int:
    """Compare with the committed ratios; what looks worse is measured once more."""
    worse = _worse(measure(chosen).verdicts, committed)
    if worse:
        print(f"once more, since worse than committed: {', '.join(sorted(worse))}")
        again = [case for case in chosen if worse & {claim.key for claim in case.claims}]
        worse &= _worse(measure(again).verdicts, committed)
    for key in sorted(worse):
        print(f"{key} is more than 25 % worse than the committed {committed[key]:.3g}")
    print("benchmarks: worse than committed" if worse else "benchmarks: as good as committed")
    return 1 if worse else 0


def _worse(verdicts: Iterable[Verdict], committed: dict[str, float]) -> set[str]:
    return {
        one.claim.key
        for one in verdicts
        if one.claim.key in committed and is_worse(one.ratio, committed[one.claim.key])
    }


if __name__ == "__main__":
    sys.exit(exit_code(main))
