"""`make languages` notices what is wrong with a client; here tiny ones in Python stand in."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from anthropic_models.sandbox.app import Response
from attrs import evolve

from languages import run
from languages.archives import write_archives
from languages.clients import EDITIONS, Client, read_clients
from languages.scenarios import SCENARIOS, Outcome, Scenario, expected, with_body
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
    page = json.load(connection.getresponse())
    if page.get("type") == "error":
        error = page["error"]
        sys.exit(f"{error['type']} {error['message']} {page['request_id']}")
    return page


page = ask(limit=10)
while True:
    for model in page["data"]:
        print(model["id"])
    if not page["has_more"]:
        break
    page = ask(limit=10, after_id=page["last_id"])
"""


def add_client(
    folder: Path,
    name: str = "tiny",
    script: str = PROGRAM,
    steps: tuple[str, ...] = ("{python} -c \"open('openapi.portable.yaml').close()\"",),
    program: str = "{python} list_models.py",
    **changes: Any,
) -> None:
    """Write a language with one client, whose generator does nothing, in Python."""
    settings: dict[str, Any] = {
        "generator": "made-up",
        "version": "1.2.3",
        "edition": "portable",
        "needs": [sys.executable],
        **changes,
    }
    client = folder / name / "by-hand"
    client.mkdir(parents=True)
    (client / "list_models.py").write_text(script, "utf-8")
    lines = (f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
    (client / "client.toml").write_text("".join(lines), "utf-8")
    commands = "\n".join(["cd by-hand", *steps, program]).replace(
        "{python}", shlex.quote(sys.executable)
    )
    (folder / name / "README.md").write_text(f"# Tiny\n\n```sh\n{commands}\n```\n", "utf-8")


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stand-ins for the editions: no generator of these tests reads what is in them."""
    folder = tmp_path_factory.mktemp("documents")
    for name in EDITIONS.values():
        (folder / name).write_text("openapi: 3.1.0\n", "utf-8")
    return folder


def started(folder: Path, documents: Path) -> AbstractContextManager[subprocess.Popen[str]]:
    """Run the command as make does, until the block ends."""
    places = ("--languages", folder, "--build", folder.parent / "build", "--documents", documents)
    return interruptible("-m", "languages.run", *places, folder=ROOT)


@pytest.fixture
def told(program: Program, documents: Path) -> Told:
    """Run the command on other folders."""

    def told(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        build = folder.parent / "build"
        places = ("--languages", folder, "--build", build, "--documents", documents)
        return program(LANGUAGES / "run.py", *map(str, places), *arguments)

    return told


def row(output: str, name: str) -> str:
    table = output.rpartition("\n\n")[2]
    return next(line for line in table.splitlines() if line.split()[0] == f"{name}/by-hand")


def reasons(output: str) -> dict[str, str]:
    """Return what is said about each client that is wrong."""
    return {part.partition("/")[0]: part for part in output.split("\n\n")[1:-1]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "languages"


def test_a_right_client_is_ok_with_either_edition(folder: Path, documents: Path) -> None:
    add_client(folder)
    reads_the_source = "{python} -c \"open('openapi.yaml').close()\""
    add_client(folder, "other", edition="source", steps=(reads_the_source,))
    with started(folder, documents) as process:
        stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (0, "")
    assert re.fullmatch(
        r"tiny/by-hand +made-up 1\.2\.3 +portable +\d+\.\d +ok: 7 scenarios", row(stdout, "tiny")
    )
    assert row(stdout, "other").split()[3] == "source"
    assert sorted(p.name for p in (folder / "tiny").iterdir()) == ["README.md", "by-hand"]


def test_only_the_clients_that_are_named_are_run(folder: Path, told: Told) -> None:
    for name in ("tiny", "other", "broken"):
        add_client(folder, name, steps=("false",) if name == "broken" else ())
    done = told(folder, "tiny", "other/by-hand")
    assert done.returncode == 0
    assert [line.split("/")[0] for line in done.stdout.splitlines()[-2:]] == ["other", "tiny"]


def test_a_client_has_only_what_is_in_the_archive_of_its_language(
    folder: Path, documents: Path
) -> None:
    listing = "{python} -c \"import os; print(*sorted(os.listdir('..') + os.listdir()))\""
    add_client(folder, program=listing)
    build = folder.parent / "build"
    (result,) = run.prove(
        read_clients(folder), documents, build, [(Scenario("x"), Outcome([], []))]
    )
    assert result.reason.splitlines()[0] == "x: 5 ids instead of 0"
    with tarfile.open(build / "list-models-tiny.tar.gz") as archive:
        assert archive.getnames() == [
            "tiny/README.md",
            "tiny/by-hand/client.toml",
            "tiny/by-hand/list_models.py",
            "tiny/by-hand/openapi.portable.yaml",
        ]


def test_the_same_files_make_the_same_archive(
    folder: Path, documents: Path, tmp_path: Path
) -> None:
    add_client(folder)
    archives: list[bytes] = []
    for moment in (1_000_000_000, 1_700_000_000):
        os.utime(folder / "tiny/README.md", (moment, moment))
        (path,) = write_archives(read_clients(folder), documents, tmp_path)
        archives.append(path.read_bytes())
    assert archives[0] == archives[1]


WRONG: dict[str, tuple[str, str, str]] = {
    "stops-early": ('not page["has_more"]', "True", "paging: 10 ids instead of 57"),
    "asks-too-little": ('not page["has_more"]', "True", "paging: 1 requests instead of 6"),
    "changes-ids": ('print(model["id"]', 'print(model["id"].upper()', "id 1 is MADE-UP-MODEL-00"),
    "other-limit": ("limit=10, after_id", "limit=9, after_id", "request 2 is GET /v1/models {"),
    "other-cursor": ('page["last_id"]', 'page["first_id"]', "request 2 is GET /v1/models {"),
    "one-big-page": ("limit=10)\nwhile", "limit=57)\nwhile", "paging: 1 requests instead of 6"),
    "other-key": ('os.environ["ANTHROPIC_API_KEY"]', '"x"', "'x-api-key': 'x'"),
    "key-always": ('os.environ["ANTHROPIC_API_KEY"]', '"x"', "401: `"),
    "other-version": ('"2023-06-01"', '"2023-01-01"', "'anthropic-version': '2023-01-01'"),
    "no-betas": ('"anthropic-beta"', '"x"', "'anthropic-version': '2023-06-01'} → 200"),
    "one-beta": (",not-yet-known-2027-01-01", "", "'anthropic-beta': 'context-1m-2025-08-07'"),
    "betas-with-blanks": ("08-07,not", "08-07 not", "'context-1m-2025-08-07 not-yet-known-"),
    "commas-with-blanks": ("08-07,not", "08-07, not", "'context-1m-2025-08-07, not-yet-known-"),
    "betas-as-letters": ('01-01"', '01-01".replace("", ",").strip(",")', "'c,o,n,t,e,x,t"),
    "no-new-fields": (
        'print(model["id"]',
        'assert len(model) == 4; print(model["id"]',
        "unknown f",
    ),
    "no-empty-list": (
        'for model in page["data"]',
        'page["data"][0]\n    for model in page["data"]',
        "empty list: `",
    ),
    "no-new-types": (
        "{error['type']} ",
        "{ {'authentication_error': 1, 'invalid_request_error': 2}[error['type']]} ",
        "unknown error type: no line on stderr has 'type_added_later'",
    ),
    "error-without-type": (
        "{error['type']} ",
        "",
        "422: no line on stderr has 'invalid_request_error'",
    ),
    "error-without-message": ("{error['message']} ", "", "401: no line on stderr has 'authentic"),
    "error-without-request-id": ("{page['request_id']}", "", "'req_sandbox_000001'"),
    "failure-without-exit-code": ("sys.exit(f", "sys.exit(print(f", "401: `"),
}


def test_a_client_that_does_something_else_is_wrong(folder: Path, told: Told) -> None:
    for name, (right, wrong, _) in WRONG.items():
        assert right in PROGRAM
        script = PROGRAM.replace(right, wrong, 1)
        if name == "failure-without-exit-code":
            script = script.replace("""request_id']}")""", """request_id']}", file=sys.stderr))""")
        add_client(folder, name, script, edition="source", steps=())
    done = told(folder)  # all in one run, two at a time
    assert (done.returncode, done.stderr) == (1, "")
    said = reasons(done.stdout)
    assert [name for name, (_, _, reason) in WRONG.items() if reason not in said[name]] == []
    assert all("  wrong: " in row(done.stdout, name) for name in WRONG)


def respond(body: dict[str, Any], status: int = 200) -> Callable[[Response], Response]:
    """Make a sandbox that responds in the same way to everything."""
    return lambda response: evolve(with_body(response, body), status_code=status)


MODEL = {"id": "m", "created_at": "2025-05-14T00:00:00Z", "display_name": "M", "type": "model"}
ONE = {"data": [MODEL], "has_more": False, "first_id": "m", "last_id": "m"}
EMPTY: dict[str, Any] = {"data": [], "has_more": False, "first_id": None, "last_id": None}
REFUSAL = {
    "type": "error",
    "error": {"type": "invalid_request_error", "message": "Unknown beta"},
    "request_id": "req_sandbox_000001",
}
MISBEHAVIOUR: dict[str, Callable[[Response], Response]] = {
    "betas": respond(REFUSAL, 400),
    "paging": respond(ONE),
    "unknown fields": respond(EMPTY),
    "empty list": respond(ONE),
    "unknown error type": respond(REFUSAL, 403),
    "422": respond(EMPTY),
    "401": respond(EMPTY),
}


def test_the_seven_scenarios_are_these() -> None:
    assert [scenario.name for scenario in SCENARIOS] == list(MISBEHAVIOUR)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_sandbox_that_misbehaves_in_a_scenario_is_noticed(
    folder: Path, documents: Path, scenario: Scenario
) -> None:
    add_client(folder)
    right = expected(scenario)
    wrong = evolve(scenario, change=MISBEHAVIOUR[scenario.name])
    clients, build = read_clients(folder), folder.parent / "build"
    results = [
        run.prove(clients, documents, build, [(sandbox, right)])[0]
        for sandbox in (scenario, wrong)
    ]
    assert results[0].reason == ""
    assert results[1].reason.startswith(f"{scenario.name}: ")


def test_what_a_client_has_to_put_up_with_is_really_sent() -> None:
    outcomes = {scenario.name: expected(scenario) for scenario in SCENARIOS}
    assert {name: len(outcome.ids) for name, outcome in outcomes.items() if outcome.ids} == {
        "betas": 3,
        "paging": 57,
        "unknown fields": 3,
    }
    assert {
        name: (outcome.error[0], outcome.requests[0].status_code)
        for name, outcome in outcomes.items()
        if outcome.error
    } == {
        "unknown error type": ("type_added_later", 403),
        "422": ("invalid_request_error", 422),
        "401": ("authentication_error", 401),
    }


def test_a_command_that_fails_is_shown_with_its_last_words(folder: Path, told: Told) -> None:
    chatty = "[print('line', number) for number in range(1000)]; exit('the end')"
    add_client(folder, "step", steps=("false",))
    add_client(folder, "compiler", steps=("no-such-compiler -o x",))
    add_client(folder, "program", program="{python} -c 'exit(3)'")
    add_client(folder, "chatty", steps=(f'{{python}} -c "{chatty}"',))
    add_client(folder, "right")
    done = told(folder)
    assert (done.returncode, done.stderr) == (1, "")
    said = reasons(done.stdout)
    assert said["step"] == "step/by-hand: `false` failed (exit 1):"
    assert "no-such-compiler" in said["compiler"]
    assert "failed (exit 3)" in said["program"]
    assert said["chatty"].endswith("  line 999\n  the end")
    assert "line 100\n" not in said["chatty"]
    assert row(done.stdout, "right").endswith("ok: 7 scenarios")


def test_what_an_earlier_run_has_left_is_not_used(folder: Path, told: Told) -> None:
    add_client(folder)
    assert told(folder).returncode == 0
    (folder / "tiny/by-hand/list_models.py").unlink()
    assert told(folder).returncode == 1


def test_what_a_client_keeps_is_there_in_the_next_run(folder: Path, told: Told) -> None:
    add_client(folder, keep=["kept"], steps=("mkdir kept",))
    assert told(folder).returncode == 0
    done = told(folder)
    assert done.returncode == 1
    assert "`mkdir kept` failed (exit 1):" in done.stdout


def test_a_client_whose_tools_are_missing_is_named_and_skipped(folder: Path, told: Told) -> None:
    missing = ["php-cli", "php-guzzle"]
    add_client(folder, needs=[sys.executable, "no-such-compiler"], steps=("false",))
    add_client(folder, "probed", probe=[sys.executable, "-c", "import no_such"], debian=missing)
    done = told(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert row(done.stdout, "tiny").endswith("-        skipped: no no-such-compiler here")
    assert row(done.stdout, "probed").endswith(
        "with all it needs here (on Debian: apt install php-cli php-guzzle)"
    )


def test_an_unknown_client_is_refused_with_the_names_of_the_known_ones(
    folder: Path, told: Told
) -> None:
    add_client(folder)
    add_client(folder, "other")
    done = told(folder, "cobol")
    assert done.returncode == 2
    assert done.stderr.endswith(
        "there is no client 'cobol'; there are: other, other/by-hand, tiny, tiny/by-hand\n"
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"edition": "pocket"}, "'edition' must be in ['source', 'portable', '3.0']"),
        ({"colour": "blue"}, "'colour'"),
    ],
)
def test_settings_that_are_wrong_are_told_by_file(
    folder: Path, told: Told, changes: dict[str, Any], reason: str
) -> None:
    add_client(folder, **changes)
    done = told(folder)
    assert done.returncode == 2
    assert "tiny/by-hand/client.toml: " in done.stderr
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


def test_a_client_without_commands_in_the_readme_is_refused(folder: Path, told: Told) -> None:
    add_client(folder)
    (folder / "tiny/README.md").write_text("# Tiny\n", "utf-8")
    done = told(folder)
    assert done.returncode == 2
    assert done.stderr.endswith("tiny/README.md has no commands that cd by-hand\n")


def test_credentials_of_the_shell_do_not_reach_a_client(
    folder: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "secret-token")
    add_client(folder, script=f"import os\nprint(*os.environ, sep=',')\n{PROGRAM}")
    output = told(folder).stdout
    assert "ANTHROPIC_API_KEY" in output
    assert "ANTHROPIC_AUTH_TOKEN" not in output


def test_an_interruption_ends_what_runs_and_is_told_in_a_word(
    folder: Path, tmp_path: Path, documents: Path
) -> None:
    began = tmp_path / "began"
    os.mkfifo(began)
    step = f"import signal; open({str(began)!r}, 'w').close(); signal.pause()"
    add_client(folder, steps=(f'{{python}} -c "{step}"',))
    with started(folder, documents) as process:
        with began.open():
            os.killpg(process.pid, signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (130, "Interrupted.\n")


CLIENTS = read_clients(LANGUAGES)
each_client = pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)


def test_at_least_eight_languages_are_there() -> None:
    languages = {client.language for client in CLIENTS}
    assert languages >= {
        "cpp",
        "go",
        "java",
        "kotlin",
        "php",
        "python",
        "ruby",
        "rust",
        "typescript",
    }


@pytest.mark.parametrize("language", sorted({client.language for client in CLIENTS}))
def test_the_readme_of_a_language_says_which_client_to_take(language: str) -> None:
    readme = (LANGUAGES / language / "README.md").read_text("utf-8")
    assert re.search(r"^Take ", readme, re.M)
    assert f"`list-models-{language}.tar.gz`" in readme
    headings = re.findall(r"^## (.+)$", readme, re.M)
    assert sorted(headings) == [c.folder.name for c in CLIENTS if c.language == language]


@each_client
def test_the_document_about_sharing_says_what_is_proven(client: Client) -> None:
    document = (ROOT / "docs" / "sharing-the-spec.md").read_text("utf-8")
    place = f"[{client.folder.name}](../languages/{client.name})"
    generator = f"{client.generator} {client.version}"
    assert f"| {place} | {generator} | {client.edition} |" in document


@each_client
def test_the_generator_of_a_client_is_pinned_to_the_version_that_is_named(client: Client) -> None:
    manifests = [client.folder / name for name in ("package.json", "go.mod", "pom.xml")]
    if "openapi-generator-cli" in client.needs:
        manifests = [ROOT / "requirements" / "languages.txt", client.folder.parent / "README.md"]
    assert any(client.version in path.read_text("utf-8") for path in manifests if path.exists())
    if client.generator == "openapi-generator":
        assert client.version in (ROOT / "requirements/languages.txt").read_text("utf-8")


def test_no_code_that_is_generated_and_no_address_of_a_registry_is_committed() -> None:
    names = committed_files("languages")
    assert names
    for name in names:
        content = (ROOT / name).read_text("utf-8")
        assert not re.search(r"(?i)do not edit|\bgenerated by", content), name
        assert not re.search(
            r'"resolved"|registry\.|registry\+|proxy\.golang|crates\.io|repo1', content
        ), name
        assert not name.endswith("Cargo.lock")


def test_every_dependency_is_pinned() -> None:
    for folder in (client.folder for client in CLIENTS):
        if (folder / "package.json").exists():
            package = json.loads((folder / "package.json").read_text("utf-8"))
            versions = [
                *package.get("dependencies", {}).values(),
                *package["devDependencies"].values(),
            ]
            assert all(re.fullmatch(r"[\d.]+", version) for version in versions)
            assert (folder / "package-lock.json").exists()
        if (folder / "Cargo.toml").exists():
            cargo = tomllib.loads((folder / "Cargo.toml").read_text("utf-8"))
            crates = {
                crate["name"]: crate
                for crate in tomllib.loads((folder / "crates.lock").read_text("utf-8"))["package"]
            }
            for name, dependency in cargo["dependencies"].items():
                version = dependency if isinstance(dependency, str) else dependency["version"]
                assert version == f"={crates[name]['version']}"
            assert {name for name, crate in crates.items() if "checksum" not in crate} == {
                cargo["package"]["name"]
            }
        if (folder / "go.mod").exists() and "require" in (folder / "go.mod").read_text("utf-8"):
            assert (folder / "go.sum").exists()
        if (folder / "pom.xml").exists():
            pom = (folder / "pom.xml").read_text("utf-8")
            for block in re.findall(r"<(plugin|dependency)>(.*?)</\1>", pom, re.S):
                assert re.search(r"<version>([\d.]+|\$\{[a-z.]+\})</version>", block[1]), block[1]
        if (folder / "requirements.txt").exists():
            pins = (folder / "requirements.txt").read_text("utf-8")
            blocks = re.findall(r"^[\w-]+==\S+.*\\\n(?:    --hash=sha256:\S+.*\n)+", pins, re.M)
            assert len(blocks) == len(re.findall(r"^[\w-]", pins, re.M)) > 0


def test_the_packages_of_debian_are_those_that_the_clients_name() -> None:
    done = subprocess.run(
        [sys.executable, "-I", LANGUAGES / "debian.py"], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == sorted({name for client in CLIENTS for name in client.debian})
