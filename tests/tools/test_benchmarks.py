"""The benchmarks: how they compare measurements, and that wrong work is noticed."""

import os
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from unittest.mock import Mock

import pytest
from attrs import evolve

from benchmarks import bench, report, results
from benchmarks.all_rows import cases
from benchmarks.goals import OURS, Claim, Measured, Outcome, of, outcome
from benchmarks.machine import Machine
from benchmarks.measuring import Case, measured
from benchmarks.processes import Job, Program, WrongWorkError, printing
from benchmarks.server_process import Certificates
from tests.support.projects import ROOT

NO_CERTIFICATES = Certificates(Path(os.devnull), Path(os.devnull))


def claim(key: str = "5a", goal: float = 0.5) -> Claim:
    return Claim(key, "walk", "them", goal, of(OURS), of("them"))


def taking(ours: Iterable[float], theirs: Iterable[float]) -> Measured:
    return {
        OURS: [{"models": 1, "seconds": seconds} for seconds in ours],
        "them": [{"models": 1, "seconds": seconds} for seconds in theirs],
    }


# What measurements mean


def test_a_ratio_is_that_of_the_median_round_whatever_else_the_machine_does() -> None:
    # It became ten times as slow in the third round.
    found = outcome(claim(goal=0.5), taking([1, 1, 10, 10, 10], [2, 2, 2, 20, 5]))
    assert (found.ratio, found.met, found.rounds, found.spread) == (0.5, True, 5, (0.5, 2.0))


@pytest.mark.parametrize(
    ("goal", "failed", "met"),
    [(0.5, {}, True), (0.49, {}, False), (0.5, {OURS: 1}, False), (0.5, {"them": 3}, True)],
)
def test_a_goal_is_missed_by_a_ratio_above_it_or_a_listing_of_ours_that_failed(
    goal: float, failed: dict[str, int], met: bool
) -> None:
    measurements = taking([1, 1], [2, 2])
    for name, errors in failed.items():
        for sample in measurements[name]:
            sample["errors"] = errors
    found = outcome(claim(goal=goal), measurements)
    assert found.met is met
    said = re.findall(r"(\d+) listings of (\w+) failed", report.in_a_line(found))
    assert said == [(f"{2 * errors}", name) for name, errors in failed.items()]


# What is committed


def found(**ratios: float) -> bench.Findings:
    outcomes = [Outcome(claim(key), ratio, (ratio, ratio), 3) for key, ratio in ratios.items()]
    return bench.Findings(outcomes, [])


@pytest.mark.parametrize(
    ("committed", "runs", "code", "sizes"),
    [
        ({"5a": 0.8, "6": 0.06}, [{"5a": 1.0, "6": 0.05}], 0, [2]),
        ({"5a": 0.8, "6": 0.06}, [{"5a": 1.01, "6": 0.06}, {"5a": 1.01}], 1, [2, 1]),
        ({"5a": 0.8, "6": 0.06}, [{"5a": 1.01, "6": 0.06}, {"5a": 1.0}], 0, [2, 1]),
        ({}, [{"5a": 9}], 0, [2]),
    ],
    ids=["a quarter more", "worse twice", "worse once", "not committed yet"],
)
def test_what_is_worse_than_committed_is_measured_again_alone_and_fails_when_worse_twice(
    capsys: pytest.CaptureFixture[str],
    committed: dict[str, float],
    runs: list[dict[str, float]],
    code: int,
    sizes: list[int],
) -> None:
    cases = [Case(0, {}, [claim(key)], 1, 1) for key in ("5a", "6")]
    measure = Mock(side_effect=[found(**run) for run in runs])
    assert bench.check(cases, committed, measure) == code
    assert [len(call.args[0]) for call in measure.call_args_list] == sizes
    said = "\n5a is more than 25 % worse than the committed 0.8\n" in capsys.readouterr().out
    assert said == bool(code)


def test_the_report_has_a_line_for_each_claim_and_says_what_is_not_met() -> None:
    outcomes = [outcome(claim("5a"), taking([1], [4])), outcome(claim("5b"), taking([3], [4]))]
    machine = Machine("2 processors", "Linux", 0.1, ["Python 3.11.7"], ["anthropic 1.0"])
    text = report.written(outcomes, ["The server takes 5%."], machine, minutes=7.4)
    assert "| 5a | walk | time | them | ≤ 0.5 | **0.25** (0.25 to 0.25) | 1 | yes |\n" in text
    assert "| 5b | walk | time | them | ≤ 0.5 | **0.75** (0.75 to 0.75) | 1 | **no** |\n" in text
    assert "\n1 of 2 goals are met. Not met: 5b.\n" in text
    assert ", 7 minutes\n- 2 processors; Linux; load 0.1 before\n- ours: Python 3.11.7\n" in text
    assert "\n- The server takes 5%.\n" in text
    busy = evolve(machine, load=1.7)
    assert "was busy with other work" in report.written(outcomes, [], busy, 1)
    assert "was busy" not in text


def test_every_contestant_has_a_module() -> None:
    work = [each for case in cases(quick=True) for each in case.work.values()]
    modules = {each.program.module for each in work if isinstance(each, Job)}
    names = {path.stem for path in (ROOT / "benchmarks" / "contestants").glob("*.py")}
    assert modules <= names, modules - names


def test_what_is_committed_are_the_claims_of_a_whole_run() -> None:
    measured = [claim for case in cases(quick=False) for claim in case.claims]
    claims = {claim.key: claim for claim in measured}
    assert len(claims) == len(measured)
    committed = results.committed(ROOT / "benchmarks")
    assert committed.keys() == claims.keys()
    text = (ROOT / "benchmarks/RESULTS.md").read_text("utf-8")
    for key, ratio in committed.items():
        assert f"| {key} | {claims[key].work} | " in text
        assert f"**{ratio:.3g}** (" in text


# Contestants


@pytest.fixture
def walking(tmp_path: Path) -> Callable[..., Case]:
    """Make a case of contestants whose `walk` is a line, each with a limit of its own."""

    def made(line: str, *limits: int) -> Case:
        code = "from contextlib import nullcontext as connected\ndef walk(client, limit):\n"
        (tmp_path / "counting.py").write_text(f"{code}    {line}\n", "utf-8")
        program = Program("counting", Path(sys.prefix), tmp_path)
        jobs = {str(limit): Job(program, "walk", 3, {"limit": limit}) for limit in limits}
        return Case(3, dict(jobs), [], rounds=9, seconds=0, fewest=2)

    return made


def test_contestants_run_alternately_until_their_time_is_over_but_no_less_than_the_fewest_rounds(
    walking: Callable[..., Case], tmp_path: Path
) -> None:
    order = tmp_path / "order"
    line = (
        f"open({str(order)!r}, 'a').write('ab'[limit]); "
        "import urllib.request as u; u.urlopen(client + '/v1/models').read(); return 3"
    )
    found = measured(walking(line, 0, 1), NO_CERTIFICATES)
    warm_up, rounds = "ab", "abab"
    assert order.read_text("utf-8") == warm_up + rounds
    for samples in found.values():
        seen = [(sample["models"], sample["requests"]) for sample in samples]
        assert seen == [(3, 1), (3, 1)]
        assert all(each["seconds"] > 0 and each["peak_bytes"] > 1_000_000 for each in samples)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("return 2", "counting saw 2 models in the job walk, not 3"),
        ("raise SystemExit", "counting ended in the job"),
    ],
)
def test_a_contestant_that_counts_wrong_or_breaks_stops_the_run_by_its_name(
    walking: Callable[..., Case], line: str, says: str
) -> None:
    with pytest.raises(WrongWorkError, match=says):
        measured(walking(line, 1), NO_CERTIFICATES)


def test_a_program_that_lists_too_few_stops_the_run_by_its_name() -> None:
    program = Program("ours", Path(sys.prefix))
    run = printing(program, (sys.executable, "-c", "print('only-model')"), 3)
    with pytest.raises(WrongWorkError, match="ours saw 1 models, not 3"):
        measured(Case(3, {OURS: run}, [], 1, 1), NO_CERTIFICATES)
