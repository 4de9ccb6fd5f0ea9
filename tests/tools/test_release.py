"""`make release-check`: whatever is wrong with a release is told, and nothing is released."""

import io
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from packaging.specifiers import SpecifierSet

from generator.documents import read_yaml
from generator.process import ProcessError
from releasing import interpreters, release_check
from releasing.artefact_checks import Candidate, complaints
from releasing.building import Distributions
from releasing.clean_process import run
from releasing.install_checks import command_complaints, unexpected_distributions
from releasing.readme_checks import description_complaints
from tests.support.projects import ROOT

ABOUT = "anthropic_models_client-1.2.3.dist-info"
COMMANDS = b"[console_scripts]\nanthropic-models = anthropic_models.cli:main\n"
METADATA = b"""Name: anthropic-models-client
Version: 1.2.3
Classifier: Programming Language :: Python :: 3.11
Classifier: Programming Language :: Python :: 3.12
Classifier: Programming Language :: Python :: 3.13
Requires-Python: >=3.11

[docs](https://docs.example/) ![x](https://x.example/)
"""
VERSION_FILE = "wrapper/anthropic_models/_version.py"
Contents = Mapping[str, bytes | None]
PACKAGES = {
    "generated/anthropic_models_generated/__init__.py": b"",
    "generated/anthropic_models_generated/py.typed": b"",
    "wrapper/anthropic_models/__init__.py": b"",
    VERSION_FILE: b"",
    "wrapper/anthropic_models/py.typed": b"",
    "openapi.yaml": b"openapi: 3.1.0\n",
}
OTHERS = dict.fromkeys(
    ("README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml", ".gitignore"), b"text"
)
IN_WHEEL = {
    **{path.partition("/")[2]: text for path, text in PACKAGES.items() if "/" in path},
    "anthropic_models/openapi.yaml": PACKAGES["openapi.yaml"],
    f"{ABOUT}/METADATA": METADATA,
    f"{ABOUT}/entry_points.txt": COMMANDS,
    f"{ABOUT}/licenses/LICENSE": b"text",
}
IN_SDIST = {**PACKAGES, **OTHERS, "PKG-INFO": METADATA}
WRONG: dict[str, list[Any]] = read_yaml(ROOT / "tests/tools/data/wrong-releases.yaml")


def write_wheel(folder: Path, more: Contents | None = None, year: int = 2020) -> Path:
    """Write a wheel with some files changed, or left out (None)."""
    path = folder / "anthropic_models_client-1.2.3-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**IN_WHEEL, **(more or {})}.items():
            if content is not None:
                archive.writestr(zipfile.ZipInfo(name, (year, 2, 2, 0, 0, 0)), content)
    return path


def write_sdist(folder: Path, more: Contents | None = None) -> Path:
    """Write an sdist with some files changed, or left out (None)."""
    path = folder / "anthropic_models_client-1.2.3.tar.gz"
    # Without compression, whose header would have the time in it.
    with tarfile.open(path, "w") as archive:
        for name, content in {**IN_SDIST, **(more or {})}.items():
            if content is not None:
                member = tarfile.TarInfo(f"anthropic_models_client-1.2.3/{name}")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return path


@pytest.fixture
def candidate(tmp_path: Path) -> Candidate:
    """A release about which all is right."""
    (tmp_path / "again").mkdir()
    return Candidate(
        built=Distributions(write_wheel(tmp_path), write_sdist(tmp_path)),
        again=Distributions(write_wheel(tmp_path / "again"), write_sdist(tmp_path / "again")),
        tag="v1.2.3",
        tracked=["Makefile", "README.md.orig", "tests/test_x.py", *PACKAGES, *OTHERS],
        scripts={"anthropic-models": "anthropic_models.cli:main"},
        changelog="## 1.2.3 (2026-01-31)\n\n- New.\n\n## 1.2.2 (2025-01-01)\n\n- Old.\n",
        texts={VERSION_FILE: '__version__ = "1.2.3"', "README.md": "httpx 11.2.3, as of v1.2.3"},
    )


def test_nothing_is_reported_of_a_release_that_is_right(candidate: Candidate) -> None:
    assert complaints(candidate) == []


@pytest.mark.parametrize(
    ("archive", "name", "content", "reported"),
    [(archive, *row) for archive in ("wheel", "sdist") for row in WRONG[archive]],
)
def test_a_wrong_file_is_reported(
    candidate: Candidate, archive: str, name: str, content: str | None, reported: str
) -> None:
    more = {name.replace("ABOUT", ABOUT): None if content is None else content.encode()}
    for built in (candidate.built, candidate.again):
        if archive == "wheel":
            write_wheel(built.wheel.parent, more)
        else:
            write_sdist(built.sdist.parent, more)
    # One test is tracked, and a mark of types is not: a wheel needs its own, and no tests.
    tracked = {*candidate.tracked, "wrapper/anthropic_models/test_y.py"}
    if archive == "wheel":
        tracked.remove("wrapper/anthropic_models/py.typed")
    candidate = evolve(candidate, tracked=sorted(tracked))
    assert any(reported in what for what in complaints(candidate))


@pytest.mark.parametrize(
    ("rewrite", "reported"),
    [
        (
            partial(write_wheel, more={"anthropic_models/__init__.py": b"x"}),
            "they differ in: anthropic_models/__init__.py",
        ),
        (partial(write_wheel, year=2021), "they differ in: dates, order or modes of its files"),
        (partial(write_sdist, more={"README.md": None}), "they differ in: README.md"),
    ],
)
def test_an_sdist_that_builds_something_else_is_refused_with_what_differs(
    candidate: Candidate, rewrite: Callable[[Path], object], reported: str
) -> None:
    rewrite(candidate.again.wheel.parent)
    (found,) = complaints(candidate)
    assert reported in found


def test_an_sdist_that_builds_another_version_is_refused(candidate: Candidate) -> None:
    name = "anthropic_models_client-1.2.4-py3-none-any.whl"
    wheel = candidate.again.wheel
    again = evolve(candidate.again, wheel=wheel.rename(wheel.with_name(name)))
    (found,) = complaints(evolve(candidate, again=again))
    assert f"the sdist builds {name}, the tree" in found


@pytest.mark.parametrize(("name", "value", "reported"), WRONG["candidate"])
def test_a_wrong_tag_version_or_entry_of_the_changelog_is_reported(
    candidate: Candidate, name: str, value: Any, reported: str
) -> None:
    (found,) = complaints(evolve(candidate, **{name: value}))
    assert reported in found


def test_before_the_tag_the_entry_may_be_unreleased(candidate: Candidate) -> None:
    changelog = "## 1.2.3 (unreleased)\n\n- x\n"
    assert complaints(evolve(candidate, changelog=changelog, tag=None)) == []


@pytest.mark.parametrize(("markdown", "target"), WRONG["descriptions"])
def test_a_description_that_leads_into_the_repository_is_refused(
    markdown: str, target: str
) -> None:
    assert description_complaints(markdown) == [
        f"the description for PyPI leads to {target}, which is not there"
    ]


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


def python(version: str, implementation: str = "cpython", variant: str = "default") -> Any:
    major, minor, *_ = version.split(".")
    return {
        "version": version,
        "version_parts": {"major": int(major), "minor": int(minor)},
        "implementation": implementation,
        "variant": variant,
        "path": f"/{version}",
    }


def test_one_usual_python_of_each_minor_version_is_tried() -> None:
    usual = [python(version) for version in ("3.15.0rc1", "3.13.0", "3.11.7", "3.11.2", "3.10.13")]
    others = [python("3.13.1", variant="freethreaded"), python("3.12.9", implementation="pypy")]
    chosen = interpreters.chosen([*others, *usual], SpecifierSet(">=3.11"))
    assert chosen == {"3.15": "/3.15.0rc1", "3.13": "/3.13.0", "3.11": "/3.11.7"}


def test_a_command_that_fails_or_is_not_there_is_told(tmp_path: Path) -> None:
    program = "import sys; print('out'); sys.exit('err')"
    with pytest.raises(ProcessError, match=r"failed \(exit 1\):\n  out\n  err$"):
        run(sys.executable, "-c", program, folder=tmp_path)
    with pytest.raises(ProcessError, match="no-such-command is not there"):
        run("no-such-command", folder=tmp_path)


def test_a_command_runs_without_what_would_lead_it_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    program = "import os; print(*sorted(os.environ))"
    own = {"ANTHROPIC_BASE_URL": "http://localhost"}
    seen = run(sys.executable, "-c", program, folder=tmp_path, own=own).split()
    assert not {"SOURCE_DATE_EPOCH", "PYTHONPATH", "ANTHROPIC_API_KEY"} & set(seen)
    assert "ANTHROPIC_BASE_URL" in seen


def always(response: object) -> Callable[..., object]:
    def give(*_: object, **__: object) -> object:
        return response

    return give


@pytest.fixture
def broken_on_3_11(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are Python 3.11, on which the wheel does not install, and 3.13, on which it does."""

    def try_wheel(_trial: object, path: str, _folder: Path) -> list[str]:
        if path == "/3.11.7":
            raise ProcessError("it does not install")
        return ["it brings click"]

    there = [python("3.13.0"), python("3.11.7"), python("3.10.13")]
    monkeypatch.setattr(interpreters, "on_this_machine", always(there))
    monkeypatch.setattr(release_check, "try_wheel", try_wheel)
    monkeypatch.setattr(release_check, "try_lowest", always(["it lists nothing"]))


@pytest.mark.usefixtures("broken_on_3_11")
def test_what_is_wrong_is_told_for_each_python_and_what_is_missing_by_name(
    candidate: Candidate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert release_check.try_everywhere(candidate.built, tmp_path) == [
        "Python 3.13: it brings click",
        "Python 3.11: it does not install",
        "Python 3.11 with the lowest versions that the wheel allows: it lists nothing",
    ]
    assert capsys.readouterr().out.splitlines()[-1] == "Skipped: no Python 3.12 here"


def test_a_release_that_was_tried_nowhere_is_refused(
    candidate: Candidate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreters, "on_this_machine", always([python("3.10.13")]))
    assert release_check.try_everywhere(candidate.built, tmp_path) == [
        "no Python is here on which the wheel could be tried"
    ]


@pytest.fixture
def dist(tmp_path: Path, candidate: Candidate, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for what is released, with a former file; what would be released is right."""
    (tmp_path / "dist/release").mkdir(parents=True)
    (tmp_path / "dist/release/former.whl").touch()

    def build(_source: Path, target: Path) -> Distributions:
        target.mkdir()
        return Distributions(write_wheel(target), write_sdist(target))

    replacements: dict[str, object] = {
        "ROOT": tmp_path,
        "build": build,
        "build_again": always(candidate.again),
        "run": always(""),
        "_candidate": always(candidate),
        "try_everywhere": always([]),
    }
    for name, replacement in replacements.items():
        monkeypatch.setattr(release_check, name, replacement)
    return tmp_path / "dist"


def fails(*_: object, **__: object) -> None:
    raise ProcessError("it fails")


@pytest.mark.parametrize(
    ("part", "wrong", "reported"),
    [
        ("complaints", always(["ugly"]), "ugly"),
        ("try_everywhere", always(["broken"]), "broken"),
        ("run", fails, "it fails"),
        ("build", fails, "it fails"),
    ],
)
def test_what_is_wrong_is_reported_and_nothing_is_put_into_dist_release(
    dist: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    part: str,
    wrong: object,
    reported: str,
) -> None:
    monkeypatch.setattr(release_check, part, wrong)
    assert release_check.main([]) == 1
    assert capsys.readouterr().err == f"{reported}\nNothing was put into dist/release/.\n"
    assert [path.name for path in dist.rglob("*")] == ["release", "former.whl"]


def test_what_is_right_replaces_what_was_in_dist_release(dist: Path) -> None:
    assert release_check.main([]) == 0
    assert sorted(path.name for path in dist.rglob("*")) == [
        "anthropic_models_client-1.2.3-py3-none-any.whl",
        "anthropic_models_client-1.2.3.tar.gz",
        "release",
    ]
