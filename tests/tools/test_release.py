"""`make release-check`: whatever is wrong with a release is told, and nothing is released."""

import sys
import zipfile
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from attrs import evolve

from generator.documents import read_yaml
from generator.process import ProcessError
from releasing import artefact_checks, interpreters, release_check
from releasing.artefact_checks import Candidate, complaints
from releasing.building import Distributions, differences
from releasing.clean_process import run
from releasing.install_checks import command_complaints, unexpected_distributions
from releasing.versions import PLACE
from tests.support.projects import ROOT, Program

ABOUT = "anthropic_models_client-1.2.3.dist-info"
METADATA = """Version: 1.2.3
Classifier: Programming Language :: Python :: 3.11
Classifier: Programming Language :: Python :: 3.12
Classifier: Programming Language :: Python :: 3.13
Requires-Python: >=3.11

[docs](https://docs.example/) ![x](https://x.example/)
"""
IN_BOTH = (
    "generated/anthropic_models_generated/__init__.py",
    "generated/anthropic_models_generated/py.typed",
    "wrapper/anthropic_models/__init__.py",
    "wrapper/anthropic_models/_version.py",
    "wrapper/anthropic_models/py.typed",
)
IN_SDIST = [*IN_BOTH, "openapi.yaml", "README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml"]
WRONG: dict[str, list[Any]] = read_yaml(ROOT / "tests/tools/data/wrong-releases.yaml")
Files = dict[str, dict[str, bytes]]


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    """The files of the wheel and of the sdist, all as they should be."""
    wheel = {path.partition("/")[2]: b"" for path in IN_BOTH} | {
        "anthropic_models/openapi.yaml": b"",
        f"{ABOUT}/METADATA": METADATA.encode(),
        f"{ABOUT}/entry_points.txt": b"[console_scripts]\nanthropic-models = x:main\n",
        f"{ABOUT}/licenses/LICENSE": b"",
    }
    files = {"wheel": wheel, "sdist": dict.fromkeys([*IN_SDIST, "PKG-INFO"], b"")}

    def read(path: Path) -> dict[str, bytes]:
        return files["wheel" if path.suffix == ".whl" else "sdist"]

    monkeypatch.setattr(artefact_checks, "read", read)
    return files


@pytest.fixture
def candidate(files: Files, tmp_path: Path) -> Candidate:
    """A release about which all is right."""
    built = Distributions(tmp_path / "x.whl", tmp_path / "x.tar.gz")
    for path, content in zip((built.wheel, built.sdist), files, strict=True):
        path.write_text(content)
    return Candidate(
        built=built,
        again=built,
        tag="v1.2.3",
        tracked=[*IN_SDIST, "tests/test_x.py", "Makefile"],
        scripts={"anthropic-models": "x:main"},
        changelog="## 1.2.3 (2026-01-31)\n\n- New.\n\n## 1.2.2 (2025-01-01)\n\n- Old.\n",
        texts={PLACE: '__version__ = "1.2.3"', "README.md": "httpx 11.2.3, as of v1.2.3"},
    )


def test_nothing_is_reported_of_a_release_that_is_right(candidate: Candidate) -> None:
    assert complaints(candidate) == []
    changelog = "## 1.2.3 (unreleased)\n\n- x\n"  # as it may be before the tag
    assert complaints(evolve(candidate, changelog=changelog, tag=None)) == []


@pytest.mark.parametrize(
    ("archive", "name", "content", "reported"),
    [(archive, *row) for archive in ("wheel", "sdist") for row in WRONG[archive]],
)
def test_a_wrong_file_is_reported(
    candidate: Candidate,
    files: Files,
    archive: str,
    name: str,
    content: str | None,
    reported: str,
) -> None:
    name = name.replace("ABOUT", ABOUT)
    files[archive].pop(name, None)
    if content is not None:
        files[archive][name] = content.encode()
    # A test is none for the wheel although git tracks it.
    tracked = [*candidate.tracked, "wrapper/anthropic_models/test_y.py"]
    assert any(reported in what for what in complaints(evolve(candidate, tracked=tracked)))


@pytest.mark.parametrize(("name", "value", "reported"), WRONG["candidate"])
def test_a_wrong_tag_version_or_entry_of_the_changelog_is_reported(
    candidate: Candidate, name: str, value: Any, reported: str
) -> None:
    (found,) = complaints(evolve(candidate, **{name: value}))
    assert reported in found


def zipped(path: Path, year: int = 2020, text: str = METADATA) -> Path:
    """Write a wheel that has its metadata only."""
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(f"{ABOUT}/METADATA", (year, 2, 2, 0, 0, 0)), text)
    return path


@pytest.mark.parametrize(
    ("name", "change", "reported"),
    [
        ("a.whl", {"text": "Name: x"}, f"they differ in: {ABOUT}/METADATA"),
        ("a.whl", {"year": 2021}, "they differ in: dates, order or modes of its files"),
        ("b.whl", {}, "the sdist builds b.whl, the tree a.whl"),
    ],
)
def test_an_sdist_that_builds_something_else_is_refused_with_what_differs(
    tmp_path: Path, name: str, change: dict[str, Any], reported: str
) -> None:
    wheel = zipped(tmp_path / "a.whl")
    assert differences(wheel, zipped(tmp_path / "equal/a.whl")) == []
    (found,) = differences(wheel, zipped(tmp_path / "again" / name, **change))
    assert reported in found


@pytest.mark.parametrize("part", ["wheel", "sdist"])
def test_wheel_and_sdist_are_compared_with_what_the_sdist_builds(
    candidate: Candidate, tmp_path: Path, part: str
) -> None:
    again = evolve(candidate.built, **{part: tmp_path / "other"})
    (found,) = complaints(evolve(candidate, again=again))
    assert found.startswith("the sdist builds other, ")


def test_an_unexpected_distribution_beside_the_wheel_is_reported() -> None:
    pins = (
        "attrs==1 \\\n    --hash=sha256:0\nhttpx==1 ; python_version < '4'\ntyping-extensions==1\n"
    )
    needed = ["anthropic-models-client", "attrs", "httpx", "typing_extensions"]
    assert unexpected_distributions(needed, pins) == []
    assert unexpected_distributions([*needed, "Click"], pins) == ["the wheel alone installs click"]


def test_a_command_that_tells_another_version_or_lists_other_models_is_told() -> None:
    assert command_complaints("anthropic-models 1.2.3\n", "1.2.3", "a\nb\n", ["a", "b"]) == []
    assert command_complaints("anthropic-models 1.2.4\n", "1.2.3", "a\n", ["a", "b"]) == [
        "`anthropic-models --version` prints 'anthropic-models 1.2.4'",
        "`anthropic-models list --format id` prints 1 ids, which are not the 2 of the sandbox",
    ]


def python(version: str, **other: str) -> dict[str, Any]:
    parts = dict(zip(("major", "minor"), map(int, version.split(".")), strict=False))
    usual = {"implementation": "cpython", "variant": "default", "path": f"/{version}"}
    return {"version": version, "version_parts": parts, **usual, **other}


def test_a_command_runs_without_what_would_lead_it_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SOURCE_DATE_EPOCH", "PYTHONPATH", "ANTHROPIC_API_KEY"):
        monkeypatch.setenv(name, "1")
    program = "import os; print(*sorted(os.environ))"
    own = {"ANTHROPIC_BASE_URL": "http://localhost"}
    seen = run(sys.executable, "-c", program, folder=tmp_path, own=own).split()
    assert not {"SOURCE_DATE_EPOCH", "PYTHONPATH", "ANTHROPIC_API_KEY"} & set(seen)
    assert "ANTHROPIC_BASE_URL" in seen


def test_one_python_of_each_minor_version_is_tried_and_what_is_wrong_or_missing_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = [python("3.13.1", variant="freethreaded"), python("3.12.9", implementation="pypy")]
    there += [python(version) for version in ("3.13.0", "3.11.7", "3.11.2", "3.10.13")]
    wrong = Mock(side_effect=[["it brings click"], ProcessError("it does not install")])
    monkeypatch.setattr(interpreters, "on_this_machine", Mock(return_value=there))
    monkeypatch.setattr(release_check, "try_wheel", wrong)
    monkeypatch.setattr(release_check, "try_lowest", Mock(return_value=["it lists nothing"]))
    built = Distributions(zipped(tmp_path / "a.whl"), tmp_path)
    assert release_check.try_everywhere(built, tmp_path) == [
        "Python 3.13: it brings click",
        "Python 3.11: it does not install",
        "Python 3.11 with the lowest versions that the wheel allows: it lists nothing",
    ]
    assert [call.args[1] for call in wrong.call_args_list] == ["/3.13.0", "/3.11.7"]
    assert capsys.readouterr().out.splitlines()[-1] == "Skipped: no Python 3.12 here"
    monkeypatch.setattr(interpreters, "on_this_machine", Mock(return_value=there[-1:]))
    assert release_check.try_everywhere(built, tmp_path) == [
        "no Python is here on which the wheel could be tried"
    ]


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for what is released, with a former file; what would be released is right."""
    (tmp_path / "dist/release").mkdir(parents=True)
    (tmp_path / "dist/release/former.whl").touch()

    def build(_source: Path, target: Path) -> Distributions:
        return Distributions(zipped(target / "a.whl"), target / "a.tar.gz")

    right: dict[str, Any] = {"ROOT": tmp_path, "build": build, "build_again": Mock()}
    right |= dict.fromkeys(("complaints", "try_everywhere"), Mock(return_value=[]))
    for name, replacement in {**right, "run": Mock(), "_candidate": Mock()}.items():
        monkeypatch.setattr(release_check, name, replacement)
    return tmp_path / "dist"


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("complaints", Mock(return_value=["ugly"])),
        ("try_everywhere", Mock(return_value=["ugly"])),
        ("run", Mock(side_effect=ProcessError("ugly"))),
    ],
)
def test_what_is_wrong_is_reported_and_nothing_is_put_into_dist_release(
    dist: Path, monkeypatch: pytest.MonkeyPatch, program: Program, part: str, wrong: Mock
) -> None:
    monkeypatch.setattr(release_check, part, wrong)
    done = program(release_check.main)
    assert (done.returncode, done.stderr) == (1, "ugly\nNothing was put into dist/release/.\n")
    assert [path.name for path in dist.rglob("*")] == ["release", "former.whl"]


def test_what_is_right_replaces_what_was_in_dist_release(dist: Path) -> None:
    assert release_check.main([]) == 0
    assert [path.suffix for path in sorted(dist.rglob("*"))] == ["", ".whl"]
    assert not (dist / "release/former.whl").exists()


def test_a_pyenv_that_has_no_pythons_is_asked_for_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pyenv = tmp_path / "pyenv"
    pyenv.write_text('#!/bin/sh\n[ "$1" = versions ]  # `pyenv prefix` fails then\n')
    pyenv.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    uv = (sys.executable, "-c", "print([])")
    assert interpreters.on_this_machine(uv, tmp_path) == []
