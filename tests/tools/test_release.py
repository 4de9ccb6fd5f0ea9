"""`make release-check`: whatever is wrong with a release is told, and nothing is released."""

import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from packaging.specifiers import SpecifierSet

from generator.documents import read_yaml
from generator.process import ProcessError
from releasing import interpreters, release_check, versions
from releasing.artefact_checks import Candidate, complaints
from releasing.building import Distributions, differences
from releasing.clean_process import run
from releasing.contents import sdist_complaints, wheel_complaints
from releasing.install_checks import command_complaints, unexpected_distributions
from releasing.readme_checks import description_complaints
from tests.support.projects import ROOT

ABOUT = "anthropic_models_client-1.2.3.dist-info"
METADATA = """Name: anthropic-models-client
Version: 1.2.3
Classifier: Programming Language :: Python :: 3.11
Classifier: Programming Language :: Python :: 3.12
Classifier: Programming Language :: Python :: 3.13
Requires-Python: >=3.11

[docs](docs/more.md)
"""
IN_BOTH = (
    "generated/anthropic_models_generated/__init__.py",
    "generated/anthropic_models_generated/py.typed",
    "wrapper/anthropic_models/__init__.py",
    "wrapper/anthropic_models/_version.py",
    "wrapper/anthropic_models/py.typed",
)
TRACKED = (
    *(*IN_BOTH, "openapi.yaml", "tests/test_x.py", "Makefile"),
    *("README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml", ".gitignore"),
)
SCRIPTS = {"anthropic-models": "x:main"}
WHEEL = {
    **{path.partition("/")[2]: b"" for path in IN_BOTH},
    "anthropic_models/openapi.yaml": b"",
    f"{ABOUT}/METADATA": METADATA.encode(),
    f"{ABOUT}/entry_points.txt": b"[console_scripts]\nanthropic-models = x:main",
    f"{ABOUT}/licenses/LICENSE": b"",
}
SDIST = dict.fromkeys({*TRACKED, "PKG-INFO"} - {"tests/test_x.py", "Makefile"}, b"")
WRONG: dict[str, list[Any]] = read_yaml(ROOT / "tests/tools/data/wrong-releases.yaml")


def changed(files: dict[str, bytes], name: str, content: str | None) -> dict[str, bytes]:
    """Return files of which one has other content, or is left out (None)."""
    others = {path: each for path, each in files.items() if path != name}
    return others if content is None else {**others, name: content.encode()}


@pytest.mark.parametrize(("name", "content", "reported"), WRONG["wheel"])
def test_a_wrong_file_in_the_wheel_is_reported(
    name: str, content: str | None, reported: str
) -> None:
    assert wheel_complaints(WHEEL, TRACKED, SCRIPTS) == []
    # One test is tracked, and a mark of types is not: a wheel needs its own, and no tests.
    tracked = {*TRACKED, "wrapper/anthropic_models/test_y.py"} - {IN_BOTH[-1]}
    wheel = changed(WHEEL, name.replace("ABOUT", ABOUT), content)
    assert any(reported in what for what in wheel_complaints(wheel, tracked, SCRIPTS))


@pytest.mark.parametrize(("name", "content", "reported"), WRONG["sdist"])
def test_a_wrong_file_in_the_sdist_is_reported(
    name: str, content: str | None, reported: str
) -> None:
    assert sdist_complaints(SDIST, TRACKED) == []
    wrong = sdist_complaints(changed(SDIST, name, content), TRACKED)
    assert any(reported in what for what in wrong)


def zipped(folder: Path, version: str = "1.2.3", year: int = 2020, text: str = METADATA) -> Path:
    """Write a wheel that has its metadata only."""
    folder.mkdir(exist_ok=True)
    path = folder / f"anthropic_models_client-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(f"{ABOUT}/METADATA", (year, 2, 2, 0, 0, 0)), text)
    return path


@pytest.mark.parametrize(
    ("change", "reported"),
    [
        ({"text": "Name: x"}, f"they differ in: {ABOUT}/METADATA"),
        ({"year": 2021}, "they differ in: dates, order or modes of its files"),
        ({"version": "1.2.4"}, "builds anthropic_models_client-1.2.4-py3-none-any.whl, the tree "),
    ],
)
def test_an_sdist_that_builds_something_else_is_refused_with_what_differs(
    tmp_path: Path, change: dict[str, Any], reported: str
) -> None:
    wheel = zipped(tmp_path)
    assert differences(wheel, zipped(tmp_path / "equal")) == []
    (found,) = differences(wheel, zipped(tmp_path / "again", **change))
    assert reported in found


def version_complaints(
    tag: str | None = "v1.2.3",
    changelog: str = "## 1.2.3 (2026-01-31)\n\n- New.\n\n## 1.2.2 (2025-01-01)\n\n- Old.\n",
    texts: dict[str, str] | None = None,
) -> list[str]:
    right = {versions.PLACE: '__version__ = "1.2.3"', "README.md": "httpx 11.2.3, as of v1.2.3"}
    return [
        *versions.tag_complaints(tag, "1.2.3"),
        *versions.changelog_complaints(changelog, "1.2.3", tag),
        *versions.repetitions("1.2.3", texts or right),
    ]


@pytest.mark.parametrize(("name", "value", "reported"), WRONG["candidate"])
def test_a_wrong_tag_version_or_entry_of_the_changelog_is_reported(
    name: str, value: Any, reported: str
) -> None:
    (found,) = version_complaints(**{name: value})
    assert reported in found


def test_before_the_tag_the_entry_may_be_unreleased() -> None:
    assert version_complaints() == []
    assert version_complaints(tag=None, changelog="## 1.2.3 (unreleased)\n\n- x\n") == []


@pytest.mark.parametrize(("markdown", "target"), WRONG["descriptions"])
def test_a_description_that_leads_into_the_repository_is_refused(
    markdown: str, target: str
) -> None:
    right = "[docs](https://docs.example/) ![x](http://x.example/) <mail@x.example>"
    assert description_complaints(f"{right}\n\n{markdown}") == [
        f"the description for PyPI leads to {target}, which is not there"
    ]


def test_all_that_can_be_wrong_with_a_release_is_looked_for(tmp_path: Path) -> None:
    sdists = [tmp_path / "x.tar.gz", tmp_path / "y.tar.gz"]
    for path in sdists:
        tarfile.open(path, "w").close()
    candidate = Candidate(
        built=Distributions(zipped(tmp_path), sdists[0]),
        again=Distributions(zipped(tmp_path / "again", year=2021), sdists[1]),
        tag="v1.2.4",
        tracked=TRACKED,
        scripts=SCRIPTS,
        changelog="",
        texts={},
    )
    found = "\n".join(complaints(candidate))
    for part in (
        "the sdist builds another anthropic_models_client-1.2.3-py3-none-any.whl",
        "the sdist builds y.tar.gz, the tree x.tar.gz",
        "the wheel lacks anthropic_models/_version.py",
        "the wheel installs the commands {}, not {'anthropic-models'",
        "the sdist lacks LICENSE",
        "the description for PyPI leads to docs/more.md",
        "the tag is v1.2.4",
        "CHANGELOG.md has no `## 1.2.3",
        "_version.py does not name the version 1.2.3",
    ):
        assert part in found


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


def test_what_is_wrong_is_told_for_each_python_and_what_is_missing_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = [python("3.13.0"), python("3.11.7"), python("3.10.13")]
    wrong = [["it brings click"], ProcessError("it does not install")]
    monkeypatch.setattr(interpreters, "on_this_machine", Mock(return_value=there))
    monkeypatch.setattr(release_check, "try_wheel", Mock(side_effect=wrong))
    monkeypatch.setattr(release_check, "try_lowest", Mock(return_value=["it lists nothing"]))
    built = Distributions(zipped(tmp_path), tmp_path)
    assert release_check.try_everywhere(built, tmp_path) == [
        "Python 3.13: it brings click",
        "Python 3.11: it does not install",
        "Python 3.11 with the lowest versions that the wheel allows: it lists nothing",
    ]
    assert capsys.readouterr().out.splitlines()[-1] == "Skipped: no Python 3.12 here"
    monkeypatch.setattr(interpreters, "on_this_machine", Mock(return_value=there[2:]))
    assert release_check.try_everywhere(built, tmp_path) == [
        "no Python is here on which the wheel could be tried"
    ]


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for what is released, with a former file; what would be released is right."""
    (tmp_path / "dist/release").mkdir(parents=True)
    (tmp_path / "dist/release/former.whl").touch()

    def build(_source: Path, target: Path) -> Distributions:
        return Distributions(zipped(target), target / "x.tar.gz")

    monkeypatch.setattr(release_check, "ROOT", tmp_path)
    monkeypatch.setattr(release_check, "build", build)
    for name in ("build_again", "run", "_candidate"):
        monkeypatch.setattr(release_check, name, Mock())
    for name in ("complaints", "try_everywhere"):
        monkeypatch.setattr(release_check, name, Mock(return_value=[]))
    return tmp_path / "dist"


FAILS = ProcessError("it fails")


@pytest.mark.parametrize(
    ("part", "wrong", "reported"),
    [
        ("complaints", Mock(return_value=["ugly"]), "ugly"),
        ("try_everywhere", Mock(return_value=["broken"]), "broken"),
        ("run", Mock(side_effect=FAILS), "it fails"),
        ("build", Mock(side_effect=FAILS), "it fails"),
    ],
)
def test_what_is_wrong_is_reported_and_nothing_is_put_into_dist_release(
    dist: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    part: str,
    wrong: Mock,
    reported: str,
) -> None:
    monkeypatch.setattr(release_check, part, wrong)
    assert release_check.main([]) == 1
    assert capsys.readouterr().err == f"{reported}\nNothing was put into dist/release/.\n"
    assert [path.name for path in dist.rglob("*")] == ["release", "former.whl"]


def test_what_is_right_replaces_what_was_in_dist_release(dist: Path) -> None:
    assert release_check.main([]) == 0
    assert [path.suffix for path in sorted(dist.rglob("*"))] == ["", ".whl"]
    assert not (dist / "release/former.whl").exists()
