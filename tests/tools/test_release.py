"""`make release-check`: whatever is wrong with a release is told, and nothing is released."""

import io
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from packaging.specifiers import SpecifierSet

from generator.process import ProcessError
from releasing import interpreters, release_check
from releasing.building import Distributions
from releasing.clean_process import run
from releasing.install_checks import command_complaints, extra_for, unexpected_distributions
from releasing.readme import description_complaints
from releasing.static_checks import Candidate, complaints

ABOUT = "anthropic_models_client-1.2.3.dist-info"
COMMANDS = b"[console_scripts]\nanthropic-models = anthropic_models.cli:main\n"
METADATA = b"""Name: anthropic-models-client
Version: 1.2.3
Classifier: Programming Language :: Python :: 3.11
Classifier: Programming Language :: Python :: 3.12
Classifier: Programming Language :: Python :: 3.13
Requires-Python: >=3.11

# Hello
"""
VERSION_FILE = "wrapper/anthropic_models/_version.py"
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
    "anthropic_models_generated/__init__.py": b"",
    "anthropic_models_generated/py.typed": b"",
    "anthropic_models/__init__.py": b"",
    "anthropic_models/_version.py": b"",
    "anthropic_models/py.typed": b"",
    "anthropic_models/openapi.yaml": b"openapi: 3.1.0\n",
    f"{ABOUT}/METADATA": METADATA,
    f"{ABOUT}/entry_points.txt": COMMANDS,
    f"{ABOUT}/licenses/LICENSE": b"text",
}
IN_SDIST = {**PACKAGES, **OTHERS, "PKG-INFO": METADATA}
Contents = Mapping[str, bytes | None]


def write_wheel(
    folder: Path, more: Mapping[str, bytes | None] | None = None, year: int = 2020
) -> Path:
    """Write a wheel with some files changed, or left out (None)."""
    path = folder / "anthropic_models_client-1.2.3-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**IN_WHEEL, **(more or {})}.items():
            if content is not None:
                archive.writestr(zipfile.ZipInfo(name, (year, 2, 2, 0, 0, 0)), content)
    return path


def write_sdist(folder: Path, more: Mapping[str, bytes | None] | None = None) -> Path:
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


def rewritten(
    candidate: Candidate, wheel: Contents | None = None, sdist: Contents | None = None
) -> Candidate:
    """Write both builds of a release anew, with some files changed, or left out (None)."""
    for built in (candidate.built, candidate.again):
        write_wheel(built.wheel.parent, wheel)
        write_sdist(built.sdist.parent, sdist)
    return candidate


def test_nothing_is_said_about_a_release_that_is_right(candidate: Candidate) -> None:
    assert complaints(candidate) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"anthropic_models/tests/test_x.py": b""},
            "anthropic_models/tests/test_x.py, which is a test",
        ),
        ({"tests/__init__.py": b""}, "tests/__init__.py, which git does not track"),
        (
            {"anthropic_models/__pycache__/x.pyc": b""},
            "__pycache__/x.pyc, which is a test, a cache or",
        ),
        ({"anthropic_models/x.pyc": b""}, "anthropic_models/x.pyc, which is a test, a cache or"),
        ({".mypy_cache/x.json": b""}, ".mypy_cache/x.json, which is a test, a cache"),
        ({"anthropic_models/notes.txt": b""}, "anthropic_models/notes.txt, which git does not"),
        ({"Makefile": b""}, "Makefile, which git does not track there"),
        ({"anthropic_models/test_y.py": b""}, "anthropic_models/test_y.py, which is a test"),
        ({"anthropic_models/_version.py": None}, "the wheel lacks anthropic_models/_version.py"),
        *(
            ({f"{name}": None}, f"the wheel has no {name}")
            for name in ("anthropic_models/openapi.yaml", "anthropic_models/py.typed")
        ),
        ({"anthropic_models_generated/py.typed": None}, "no anthropic_models_generated/py.typed"),
        ({f"{ABOUT}/licenses/LICENSE": None}, "the wheel has no LICENSE"),
        ({f"{ABOUT}/entry_points.txt": None}, "the wheel installs the commands {}"),
        (
            {f"{ABOUT}/entry_points.txt": COMMANDS.replace(b":main", b":run")},
            "anthropic_models.cli:run'}",
        ),
        (
            {f"{ABOUT}/METADATA": METADATA + b"[More](docs/more.md)"},
            "leads to docs/more.md, which is",
        ),
    ],
)
def test_a_wheel_with_a_wrong_file_is_refused(
    candidate: Candidate, more: Contents, said: str
) -> None:
    # One test is tracked, and the mark of types is not: a wheel needs its own, and no tests.
    tracked = [path for path in candidate.tracked if path != "wrapper/anthropic_models/py.typed"]
    candidate = evolve(candidate, tracked=[*tracked, "wrapper/anthropic_models/test_y.py"])
    assert any(said in what for what in complaints(rewritten(candidate, more)))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"tests/test_x.py": b""}, "the sdist has tests/test_x.py, which is a test"),
        ({"wrapper/x.py": b""}, "the sdist has wrapper/x.py, which git does not track there"),
        ({"wrapper/x.pyc": b""}, "the sdist has wrapper/x.pyc, which is a test, a cache or"),
        ({"Makefile": b""}, "the sdist has Makefile, which git does not track there"),
        ({"LICENSE": None}, "the sdist lacks LICENSE, which git tracks"),
        ({"openapi.yaml": None}, "the sdist lacks openapi.yaml, which git tracks"),
        ({"PKG-INFO": None}, "the sdist has no PKG-INFO"),
    ],
)
def test_an_sdist_with_a_wrong_file_is_refused(
    candidate: Candidate, more: dict[str, Any], said: str
) -> None:
    assert any(said in what for what in complaints(rewritten(candidate, sdist=more)))


def another_file(again: Distributions) -> Distributions:
    return evolve(
        again, wheel=write_wheel(again.wheel.parent, {"anthropic_models/__init__.py": b"x"})
    )


def another_date(again: Distributions) -> Distributions:
    return evolve(again, wheel=write_wheel(again.wheel.parent, year=2021))


def another_sdist(again: Distributions) -> Distributions:
    return evolve(again, sdist=write_sdist(again.sdist.parent, {"README.md": None}))


def another_version(again: Distributions) -> Distributions:
    renamed = again.wheel.with_name("anthropic_models_client-1.2.4-py3-none-any.whl")
    return evolve(again, wheel=again.wheel.rename(renamed))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (another_file, "they differ in: anthropic_models/__init__.py"),
        (another_date, "they differ in: dates, order or modes of its files"),
        (another_sdist, "they differ in: README.md"),
        (
            another_version,
            "the sdist builds anthropic_models_client-1.2.4-py3-none-any.whl, the tree",
        ),
    ],
)
def test_an_sdist_that_builds_something_else_is_refused_with_what_differs(
    candidate: Candidate, changed: Callable[[Distributions], Distributions], said: str
) -> None:
    (told,) = complaints(evolve(candidate, again=changed(candidate.again)))
    assert said in told


@pytest.mark.parametrize(
    ("changelog", "said"),
    [
        ("# Changelog\n", "CHANGELOG.md has no `## 1.2.3 (unreleased)`, nor one with a date"),
        ("## 1.2.30 (2026-01-31)\n\n- x\n", "CHANGELOG.md has no `## 1.2.3 (unreleased)`"),
        ("## 1.2.3 (unreleased)\n\n- x\n", "CHANGELOG.md calls 1.2.3 unreleased"),
        ("## 1.2.3 (31 January)\n\n- x\n", "CHANGELOG.md dates 1.2.3 '31 January', not like"),
        ("## 1.2.3 (20260131)\n\n- x\n", "CHANGELOG.md dates 1.2.3 '20260131', not like"),
        ("## 1.2.3 (2026-02-30)\n\n- x\n", "CHANGELOG.md dates 1.2.3 '2026-02-30', not like"),
        (
            "## 1.2.3 (2026-01-31)\n\n## 1.2.2 (2025-01-01)\n\n- x\n",
            "CHANGELOG.md has no text for 1.2.3",
        ),
    ],
)
def test_a_changelog_without_a_dated_entry_is_refused_at_the_tag(
    candidate: Candidate, changelog: str, said: str
) -> None:
    (told,) = complaints(evolve(candidate, changelog=changelog))
    assert told.startswith(said)


def test_before_the_tag_the_entry_may_be_unreleased(candidate: Candidate) -> None:
    changelog = "## 1.2.3 (unreleased)\n\n- x\n"
    assert complaints(evolve(candidate, changelog=changelog, tag=None)) == []


VERSION = '__version__ = "1.2.3"'


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        *(
            ({"tag": tag}, f"the tag is {tag}, the version 1.2.3: the tag should be v1.2.3")
            for tag in ("v1.2.4", "1.2.3", "v1.2.3rc1")
        ),
        (
            {"texts": {VERSION_FILE: VERSION, "README.md": "This is 1.2.3."}},
            "belongs into wrapper/anthropic_models/_version.py alone; README.md repeats it",
        ),
        (
            {"texts": {VERSION_FILE: '__version__ = "1.2.4"'}},
            f"{VERSION_FILE} does not name the version 1.2.3",
        ),
    ],
)
def test_a_version_that_differs_or_stands_twice_is_refused(
    candidate: Candidate, changes: dict[str, Any], said: str
) -> None:
    (told,) = complaints(evolve(candidate, **changes))
    assert told.endswith(said)


@pytest.mark.parametrize(
    ("markdown", "target"),
    [
        ("![a picture](docs/x.svg)", "docs/x.svg"),
        ("[a document](docs/x.md#there)", "docs/x.md#there"),
        ("[a document][x]\n\n[x]: x.md", "x.md"),
        ('<img alt="a picture" src="docs/x.svg">', "docs/x.svg"),
    ],
)
def test_a_description_that_leads_into_the_repository_is_refused(
    markdown: str, target: str
) -> None:
    assert description_complaints(markdown) == [
        f"the description for PyPI leads to {target}, which is not there"
    ]


def test_a_description_may_lead_to_other_sites() -> None:
    assert description_complaints("[docs](https://docs.example/) ![x](https://x.example/)") == []


def test_an_unexpected_distribution_beside_the_wheel_is_reported() -> None:
    pins = (
        "attrs==1 \\\n    --hash=sha256:0\nhttpx==1 ; python_version < '4'\ntyping-extensions==1\n"
    )
    needed = ["anthropic-models-client", "attrs", "httpx", "typing_extensions"]
    assert unexpected_distributions(needed, pins) == []
    assert unexpected_distributions([*needed, "Click"], pins) == ["the wheel alone installs click"]


def test_only_the_examples_with_a_sandbox_need_its_extra() -> None:
    assert extra_for("from anthropic_models import Client") == ""
    assert extra_for("from anthropic_models.sandbox import Sandbox") == "sandbox"


def test_a_command_that_tells_another_version_or_lists_other_models_is_told() -> None:
    assert command_complaints("anthropic-models 1.2.3\n", "1.2.3", "a\nb\n", ["a", "b"]) == []
    assert command_complaints("anthropic-models 1.2.4\n", "1.2.3", "a\n", ["a", "b"]) == [
        "`anthropic-models --version` prints 'anthropic-models 1.2.4'",
        "`anthropic-models list --format id` prints 1 ids, which are not the 2 of the sandbox",
    ]


def python(version: str, **more: str) -> dict[str, Any]:
    major, minor, *_ = version.split(".")
    return {
        "version": version,
        "version_parts": {"major": int(major), "minor": int(minor)},
        "implementation": "cpython",
        "variant": "default",
        "path": f"/{version}",
        **more,
    }


def test_one_usual_python_of_each_minor_version_is_tried() -> None:
    listed = [
        python("3.15.0rc1"),
        python("3.13.1", variant="freethreaded"),
        python("3.13.0"),
        python("3.12.9", implementation="pypy"),
        python("3.11.7"),
        python("3.11.2"),
        python("3.10.13"),
    ]
    assert interpreters.chosen(listed, SpecifierSet(">=3.11")) == {
        "3.15": "/3.15.0rc1",
        "3.13": "/3.13.0",
        "3.11": "/3.11.7",
    }


def test_the_classifiers_tell_which_pythons_are_claimed() -> None:
    heading = "Programming Language :: Python :: "
    classifiers = [f"{heading}3", f"{heading}3.11", f"{heading}3.12", "Typing :: Typed"]
    assert interpreters.claimed(classifiers) == ["3.11", "3.12"]


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
def released(
    tmp_path: Path, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> Callable[[list[str], list[str]], Path]:
    """Run the command over a release with given complaints; dist/release/ has a file already."""
    (tmp_path / "dist/release").mkdir(parents=True)
    (tmp_path / "dist/release/former.whl").touch()

    def build(_source: Path, target: Path) -> Distributions:
        target.mkdir()
        return Distributions(write_wheel(target), write_sdist(target))

    def run_it(looking: list[str], trying: list[str]) -> Path:
        replacements: dict[str, object] = {
            "ROOT": tmp_path,
            "build": build,
            "build_again": always(candidate.again),
            "run": always(""),
            "_candidate": always(candidate),
            "complaints": always(looking),
            "try_everywhere": always(trying),
        }
        for name, replacement in replacements.items():
            monkeypatch.setattr(release_check, name, replacement)
        assert release_check.main([]) == (1 if looking or trying else 0)
        return tmp_path / "dist"

    return run_it


@pytest.mark.parametrize(("looking", "trying"), [(["ugly"], []), ([], ["broken"])])
def test_what_is_wrong_is_told_and_nothing_is_put_into_dist_release(
    released: Callable[[list[str], list[str]], Path],
    looking: list[str],
    trying: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    dist = released(looking, trying)
    said = capsys.readouterr().err.splitlines()
    assert said == [*looking, *trying, "Nothing was put into dist/release/."]
    assert [path.name for path in dist.rglob("*")] == ["release", "former.whl"]


def test_what_is_right_replaces_what_was_in_dist_release(
    released: Callable[[list[str], list[str]], Path],
) -> None:
    dist = released([], [])
    assert sorted(path.name for path in dist.rglob("*")) == [
        "anthropic_models_client-1.2.3-py3-none-any.whl",
        "anthropic_models_client-1.2.3.tar.gz",
        "release",
    ]


def test_a_command_that_fails_is_told_and_nothing_is_put_into_dist_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def build(*_: object) -> None:
        raise ProcessError("it does not build")

    monkeypatch.setattr(release_check, "ROOT", tmp_path)
    monkeypatch.setattr(release_check, "build", build)
    assert release_check.main([]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said == ["it does not build", "Nothing was put into dist/release/."]
    assert list(tmp_path.joinpath("dist").iterdir()) == []
