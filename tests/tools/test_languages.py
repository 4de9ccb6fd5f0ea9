"""`make languages` notices what is wrong with a client; here tiny ones in Python stand in."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from anthropic_models.sandbox import made_up_models

from tests.support.projects import ROOT, Program, committed_files, interruptible

LANGUAGES = ROOT / "languages"
Told = Callable[..., subprocess.CompletedProcess[str]]

PROGRAM = """
import http.client, json, os, sys, urllib.parse

address = urllib.parse.urlsplit(os.environ["ANTHROPIC_BASE_URL"]).netloc
headers = {
    "X-Api-Key": os.environ["ANTHROPIC_API_KEY"],
    "anthropic-version": "2023-06-01",
    "anthropic-beta": "context-1m-2025-08-07,not-yet-known-2027-01-01",
}


def ask(**query):
    connection = http.client.HTTPConnection(address)
    connection.request("GET", "/v1/models?" + urllib.parse.urlencode(query), headers=headers)
    return json.load(connection.getresponse())


page = ask(limit=10)
while True:
    for model in page["data"]:
        print(model["id"])
    if not page["has_more"]:
        break
    page = ask(limit=10, after_id=page["last_id"])

del headers["X-Api-Key"]
failure = ask(limit=10)
error = failure["error"]
print(error["type"], error["message"], failure["request_id"], file=sys.stderr)
"""


def add_language(folder: Path, name: str = "tiny", script: str = PROGRAM, **changes: Any) -> None:
    """Write a language whose generator does nothing and whose program is in Python."""
    settings: dict[str, Any] = {
        "generator": "made-up",
        "version": "1.2.3",
        "edition": "portable",
        "needs": [sys.executable],
        "steps": [[sys.executable, "-c", "open('openapi.portable.yaml').close()"]],
        "program": [sys.executable, "list_models.py"],
        **changes,
    }
    (folder / name).mkdir(parents=True)
    (folder / name / "list_models.py").write_text(script, "utf-8")
    lines = (f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
    (folder / name / "language.toml").write_text("".join(lines), "utf-8")


def started(folder: Path, build: Path) -> AbstractContextManager[subprocess.Popen[str]]:
    """Run the command as make does, until the block ends."""
    return interruptible(
        *("-m", "languages.run", "--languages", folder, "--build", build), folder=ROOT
    )


@pytest.fixture
def told(program: Program) -> Told:
    """Run the command on other folders."""

    def told(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        places = ["--languages", str(folder), "--build", str(folder.parent / "build")]
        return program(LANGUAGES / "run.py", *places, *arguments)

    return told


def row(output: str, name: str) -> str:
    table = output.rpartition("\n\n")[2]
    return next(line for line in table.splitlines() if line.split()[0] == name)


def reasons(output: str) -> dict[str, str]:
    """Return what is said about each language that is wrong."""
    return {part.partition(":")[0]: part for part in output.split("\n\n")[1:-1]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "languages"


def test_a_right_client_is_ok_on_either_edition(folder: Path, tmp_path: Path) -> None:
    add_language(folder)
    reads_the_truth = [sys.executable, "-c", "open('openapi.yaml').close()"]
    add_language(folder, "other", edition="truth", steps=[reads_the_truth])
    with started(folder, tmp_path / "build") as process:
        stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (0, "")
    assert re.fullmatch(
        r"tiny +made-up 1\.2\.3 +portable +\d+\.\d +ok: 57 models", row(stdout, "tiny")
    )
    assert row(stdout, "other").split()[3] == "truth"
    assert sorted(p.name for p in (folder / "tiny").iterdir()) == [
        "language.toml",
        "list_models.py",
    ]


def test_only_the_languages_that_are_named_are_run(folder: Path, told: Told) -> None:
    add_language(folder)
    add_language(folder, "broken", steps=[["false"]])
    done = told(folder, "tiny")
    assert done.returncode == 0
    assert "broken" not in done.stdout


WRONG: dict[str, tuple[str, str, str]] = {
    "stops-early": ('not page["has_more"]', "True", "10 ids instead of 57"),
    "asks-too-little": ('not page["has_more"]', "True", "2 requests instead of 7"),
    "changes-ids": ('print(model["id"]', 'print(model["id"].upper()', "id 1 is MADE-UP-MODEL-00"),
    "other-limit": ("limit=10, after_id", "limit=9, after_id", "request 2 is GET /v1/models {"),
    "other-cursor": ('page["last_id"]', 'page["first_id"]', "request 2 is GET /v1/models {"),
    "one-big-page": ("limit=10)\nwhile", "limit=57)\nwhile", "2 requests instead of 7"),
    "other-key": ('os.environ["ANTHROPIC_API_KEY"]', '"x"', "'x-api-key': 'x'"),
    "other-version": ('"2023-06-01"', '"2023-01-01"', "'anthropic-version': '2023-01-01'"),
    "no-betas": ('"anthropic-beta"', '"x"', "'anthropic-version': '2023-06-01'} → 200"),
    "one-beta": (",not-yet-known-2027-01-01", "", "'anthropic-beta': 'context-1m-2025-08-07'"),
    "betas-with-blanks": ("08-07,not", "08-07 not", "'context-1m-2025-08-07 not-yet-known-"),
    "commas-with-blanks": ("08-07,not", "08-07, not", "'context-1m-2025-08-07, not-yet-known-"),
    "betas-as-letters": ('01-01"', '01-01".replace("", ",").strip(",")', "'c,o,n,t,e,x,t"),
    "error-without-type": ('error["type"], ', "", "no line on stderr has 'authentication_error'"),
    "error-without-message": ('error["message"], ', "", "no line on stderr has 'authenticatio"),
    "error-without-request-id": (', failure["request_id"]', "", "'req_sandbox_000007'"),
    "error-with-other-request-id": (
        'failure["request_id"]',
        "'req_sandbox_000006'",
        "'req_sandbox_000007'",
    ),
    "no-error": ('del headers["X-Api-Key"]', "sys.exit()", "6 requests instead of 7"),
}


def test_a_client_that_does_something_else_is_wrong(folder: Path, told: Told) -> None:
    for name, (right, wrong, _) in WRONG.items():
        assert right in PROGRAM
        add_language(folder, name, PROGRAM.replace(right, wrong, 1), edition="truth", steps=[])
    done = told(folder)  # all in one run, two at a time
    assert (done.returncode, done.stderr) == (1, "")
    said = reasons(done.stdout)
    assert [name for name, (_, _, reason) in WRONG.items() if reason not in said[name]] == []
    assert all("  wrong: " in row(done.stdout, name) for name in WRONG)


def test_a_sandbox_that_lists_something_else_is_noticed(
    folder: Path, tmp_path: Path, told: Told
) -> None:
    add_language(folder)
    models = made_up_models(57)
    models[30]["id"] = "somebody-else"
    catalogue = tmp_path / "models.json"
    catalogue.write_text(json.dumps(models), "utf-8")
    done = told(folder, "--models", str(catalogue))
    assert done.returncode == 1
    assert "id 31 is somebody-else\n  instead of made-up-model-000027" in done.stdout


def test_a_command_that_fails_is_shown_with_its_last_words(folder: Path, told: Told) -> None:
    chatty = "for number in range(1000): print('line', number)\nexit('the end')"
    add_language(folder, "step", steps=[["false"]])
    add_language(folder, "compiler", steps=[["no-such-compiler", "-o", "x"]])
    add_language(folder, "program", program=[sys.executable, "-c", "exit(3)"])
    add_language(folder, "chatty", steps=[[sys.executable, "-c", chatty]])
    add_language(folder, "right")
    done = told(folder)
    assert (done.returncode, done.stderr) == (1, "")
    said = reasons(done.stdout)
    assert said["step"] == "step: `false` failed (exit 1):"
    assert "no-such-compiler" in said["compiler"]
    assert "failed (exit 3)" in said["program"]
    assert said["chatty"].endswith("  line 999\n  the end")
    assert "line 100\n" not in said["chatty"]
    assert row(done.stdout, "right").endswith("ok: 57 models")


def test_what_an_earlier_run_has_left_is_not_used(folder: Path, told: Told) -> None:
    add_language(folder)
    assert told(folder).returncode == 0
    (folder / "tiny" / "list_models.py").unlink()
    assert told(folder).returncode == 1


def test_a_language_whose_tools_are_missing_is_named_and_skipped(folder: Path, told: Told) -> None:
    add_language(folder, needs=[sys.executable, "no-such-compiler"], steps=[["false"]])
    done = told(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert row(done.stdout, "tiny").endswith("-        skipped: no no-such-compiler here")


def test_an_unknown_language_is_refused_with_the_names_of_the_known_ones(
    folder: Path, told: Told
) -> None:
    add_language(folder)
    add_language(folder, "other")
    done = told(folder, "cobol")
    assert done.returncode == 2
    assert done.stderr.endswith("there is no language 'cobol'; there are: other, tiny\n")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"edition": "pocket"}, "'edition' must be in ['truth', 'portable']"),
        ({"colour": "blue"}, "'colour'"),
    ],
)
def test_settings_that_are_wrong_are_told_by_file(
    folder: Path, told: Told, changes: dict[str, Any], reason: str
) -> None:
    add_language(folder, **changes)
    done = told(folder)
    assert done.returncode == 2
    assert "tiny/language.toml: " in done.stderr
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


def test_credentials_of_the_shell_do_not_reach_a_client(
    folder: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "secret-token")
    add_language(folder, script=f"import os\nprint(*os.environ, sep=',')\n{PROGRAM}")
    output = told(folder).stdout
    assert "ANTHROPIC_API_KEY" in output
    assert "ANTHROPIC_AUTH_TOKEN" not in output


def test_an_interruption_ends_what_runs_and_is_told_in_a_word(
    folder: Path, tmp_path: Path
) -> None:
    began = tmp_path / "began"
    os.mkfifo(began)
    step = f"import signal; open({str(began)!r}, 'w').close(); signal.pause()"
    add_language(folder, steps=[[sys.executable, "-c", step]])
    with started(folder, tmp_path / "build") as process:
        with began.open():
            os.killpg(process.pid, signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (130, "Interrupted.\n")


NAMES = sorted(path.parent.name for path in LANGUAGES.glob("*/language.toml"))


def settings_of(name: str) -> dict[str, Any]:
    return tomllib.loads((LANGUAGES / name / "language.toml").read_text("utf-8"))


def test_the_languages_that_were_promised_are_there() -> None:
    assert {"go", "java", "rust", "typescript"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_of_a_language_has_the_commands_that_are_proven(name: str) -> None:
    readme = (LANGUAGES / name / "README.md").read_text("utf-8")
    told = [
        shlex.split(line)
        for block in re.findall(r"^```sh\n(.*?)^```", readme, re.M | re.S)
        for line in block.splitlines()
    ]
    settings = settings_of(name)
    assert told == [*settings["steps"], settings["program"]]
    edition = {"truth": "openapi.yaml", "portable": "openapi.portable.yaml"}[settings["edition"]]
    assert f"put `{edition}` from a" in " ".join(readme.split())


@pytest.mark.parametrize("name", NAMES)
def test_the_document_about_sharing_tells_what_is_proven(name: str) -> None:
    document = (ROOT / "docs" / "sharing-the-spec.md").read_text("utf-8")
    settings = settings_of(name)
    generator = f"{settings['generator']} {settings['version']}"
    found = re.search(
        rf"\(\.\./languages/{name}\) \| {generator} \| {settings['edition']} \|.*", document
    )
    assert found is not None
    assert f"`{shlex.join(settings['steps'][-1])}`" in found[0]
    assert f"`{shlex.join(settings['program'])}`" in found[0]


@pytest.mark.parametrize("name", NAMES)
def test_the_generator_of_a_language_is_pinned_to_the_version_that_is_told(name: str) -> None:
    version = settings_of(name)["version"]
    manifests = [
        LANGUAGES / name / manifest
        for manifest in ("package.json", "go.mod", "pom.xml", "language.toml")
    ]
    text = "".join(path.read_text("utf-8") for path in manifests if path.exists())
    assert version in text.replace(f'version = "{version}"', "")


def test_no_code_that_is_generated_and_no_address_of_a_registry_is_committed() -> None:
    names = committed_files("languages")
    assert names
    for name in names:
        content = (ROOT / name).read_text("utf-8")
        assert not re.search(r"(?i)do not edit|generated by", content), name
        assert not re.search(r'"resolved"|registry\.|proxy\.golang|crates\.io|repo1', content), (
            name
        )
        assert not name.endswith("Cargo.lock")


def test_every_dependency_is_pinned() -> None:
    for name in NAMES:
        folder = LANGUAGES / name
        if (folder / "package.json").exists():
            package = json.loads((folder / "package.json").read_text("utf-8"))
            versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
            assert all(re.fullmatch(r"[\d.]+", version) for version in versions)
            assert (folder / "package-lock.json").exists()
        if (folder / "Cargo.toml").exists():
            cargo = tomllib.loads((folder / "Cargo.toml").read_text("utf-8"))
            for dependency in cargo["dependencies"].values():
                version = dependency if isinstance(dependency, str) else dependency["version"]
                assert version.startswith("=")
        if (folder / "go.mod").exists():
            assert (folder / "go.sum").exists()
        if (folder / "pom.xml").exists():
            pom = (folder / "pom.xml").read_text("utf-8")
            for block in re.findall(r"<(plugin|dependency)>(.*?)</\1>", pom, re.S):
                assert re.search(r"<version>([\d.]+|\$\{[a-z.]+\})</version>", block[1]), block[1]
