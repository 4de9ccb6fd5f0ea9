"""Measures all rows side by side, and writes or checks what is committed.

python -m benchmarks.bench                writes RESULTS.md, results.json, chart and README
python -m benchmarks.bench --check        exit 1 when a ratio is 25 % above the committed one
python -m benchmarks.bench --quick        does less, and writes nothing
python -m benchmarks.bench --rows "5 8"   these rows only, and writes nothing
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from attrs import frozen

from benchmarks import comparison, results
from benchmarks.all_rows import cases
from benchmarks.contestant_programs import known_authorities
from benchmarks.goals import Outcome, is_worse, outcome
from benchmarks.machine import described
from benchmarks.measuring import Case, measured
from benchmarks.processes import WrongWorkError
from benchmarks.report import in_a_line, written
from benchmarks.server_process import Certificates
from generator.broken_pipes import exit_code

HERE = Path(__file__).resolve().parent


@frozen
class Findings:
    """The outcomes of some cases."""

    outcomes: list[Outcome]
    notes: list[str]


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
    """Measure cases, and print each outcome."""
    outcomes: list[Outcome] = []
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        certificates = Certificates.made_in(Path(folder), known_authorities())
        for case in chosen:
            samples = measured(case, certificates)
            for claim in case.claims:
                outcomes.append(outcome(claim, samples))
                print(in_a_line(outcomes[-1]), flush=True)
            notes += [note.text(samples) for note in case.notes]
    for note in notes:
        print(note)
    return Findings(outcomes, notes)


def publish(chosen: Sequence[Case]) -> int:
    """Measure, and write what is to be committed; goals that are missed are no failure."""
    machine = described()
    started = time.monotonic()
    found = find(chosen)
    minutes = (time.monotonic() - started) / 60
    results.write(HERE, found.outcomes)
    report = written(found.outcomes, found.notes, machine, minutes)
    (HERE / "RESULTS.md").write_text(report, "utf-8")
    comparison.main()
    met = sum(one.met for one in found.outcomes)
    print(f"{met} of {len(found.outcomes)} goals are met; see benchmarks/RESULTS.md")
    return 0


def check(
    chosen: Sequence[Case],
    committed: dict[str, float],
    measure: Callable[[Iterable[Case]], Findings],
) -> int:
    """Compare with the committed ratios; what looks worse is measured once more."""
    worse = _worse(measure(chosen).outcomes, committed)
    if worse:
        print(f"once more, since worse than committed: {', '.join(sorted(worse))}")
        again = [case for case in chosen if worse & {claim.key for claim in case.claims}]
        worse &= _worse(measure(again).outcomes, committed)
    for key in sorted(worse):
        print(f"{key} is more than 25 % worse than the committed {committed[key]:.3g}")
    print("benchmarks: worse than committed" if worse else "benchmarks: as good as committed")
    return 1 if worse else 0


def _worse(outcomes: Iterable[Outcome], committed: dict[str, float]) -> set[str]:
    return {
        one.claim.key
        for one in outcomes
        if one.claim.key in committed and is_worse(one.ratio, committed[one.claim.key])
    }


if __name__ == "__main__":
    sys.exit(exit_code(main))
