"""The workflow runs what `make ci` runs, in jobs of their own."""

import re
from typing import Any

import pytest
import yaml

from tests.support.projects import ROOT

JOBS: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))[
    "jobs"
]


def targets(job: dict[str, Any]) -> list[str]:
    commands = "\n".join(step.get("run", "") for step in job["steps"])
    return re.findall(r"^make (.+)$", commands, re.M)


def test_make_ci_is_what_the_jobs_of_every_push_run() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (needs,) = re.findall(r"^ci: (.*?) *##", makefile, re.M)
    run = [target for job in JOBS.values() if "if" not in job for target in targets(job)]
    assert sorted(run) == sorted(needs.split())
    assert (ROOT / ".ci/run").read_text("utf-8").endswith("\nmake ci\n")


@pytest.mark.parametrize("name", JOBS)
def test_a_job_has_one_target_and_a_limit(name: str) -> None:
    assert len(targets(JOBS[name])) == (0 if name == "systems" else 1)
    assert 0 < JOBS[name]["timeout-minutes"] <= 60


def test_every_python_of_the_classifiers_is_tested() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    claimed = re.findall(r"Programming Language :: Python :: (\d+\.\d+)", project)
    assert JOBS["test"]["strategy"]["matrix"]["python"] == claimed
