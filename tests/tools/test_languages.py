"""`make languages` notices what is wrong with a client; here tiny ones in Python stand in."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from generator.documents import read_yaml
from languages import run
from languages.clients import EDITIONS, Client, read_clients
from languages.scenarios import SCENARIOS, Outcome, differences, expected
from tests.support.projects import ROOT, Program, committed_files, interruptible

LANGUAGES = ROOT / "languages"
WRONG: dict[str, Any] = read_yaml(ROOT / "tests/tools/data/wrong-clients.yaml")
Command = Callable[..., subprocess.CompletedProcess[str]]
Prove = Callable[..., str]

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
    settings = {"generator": "made-up", "version": "1.2.3", "edition": "portable"}
    given: dict[str, Any] = {**settings, "needs": [sys.executable], **changes}
    client = folder / name / "by-hand"
    client.mkdir(parents=True)
    (client / "list_models.py").write_text(script, "utf-8")
    lines = (f"{key} = {json.dumps(value)}\n" for key, value in given.items())
    (client / "client.toml").write_text("".join(lines), "utf-8")
    commands = "\n".join(["cd by-hand", *steps, program]).replace(
        "{python}", shlex.quote(sys.executable)
    )
    (folder / name / "README.md").write_text(f"# Tiny\n\n```sh\n{commands}\n```\n", "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the languages; beside it are editions, of which no generator reads a word."""
    (tmp_path / "documents").mkdir()
    for name in EDITIONS.values():
        (tmp_path / "documents" / name).write_text("openapi: 3.1.0\n", "utf-8")
    return tmp_path / "languages"


@pytest.fixture
def places(folder: Path, tmp_path: Path) -> list[str]:
    """The options with which the command works on other folders."""
    options = [f"--{name}={tmp_path / name}" for name in ("build", "documents")]
    return [f"--languages={folder}", *options]


@pytest.fixture
def command(places: list[str], program: Program) -> Command:
    return lambda *arguments: program(run.main, *places, *arguments)


@pytest.fixture
def prove(folder: Path, tmp_path: Path) -> Prove:
    """Prove the one client in a scenario; return the reason why it is wrong."""

    def prove(name: str = "betas") -> str:
        right = [(each, expected(each)) for each in SCENARIOS if each.name == name]
        places = tmp_path / "documents", tmp_path / "build"
        (result,) = run.prove(read_clients(folder), *places, right)
        return result.reason

    return prove


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_client_that_does_something_else_is_wrong(
    folder: Path, prove: Prove, wrong: dict[str, Any]
) -> None:
    old, new = wrong["replace"]
    assert old in PROGRAM
    add_client(folder, script=PROGRAM.replace(old, new, 1))
    assert prove(wrong["scenario"]).startswith(wrong["says"])


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    """What the wrapper does in each scenario."""
    return {scenario.name: expected(scenario) for scenario in SCENARIOS}


def test_what_a_client_has_to_put_up_with_is_really_sent(outcomes: dict[str, Outcome]) -> None:
    seen = {
        name: (outcome.error[0] if outcome.error else len(outcome.ids))
        for name, outcome in outcomes.items()
    }
    assert seen == {
        "betas": 3,
        "paging": 57,
        "unknown fields": 3,
        "empty list": 0,
        "unknown error type": "type_added_later",
        "422": "invalid_request_error",
        "401": "authentication_error",
    }
    assert outcomes["unknown error type"].requests[0].status_code == 403
    assert outcomes["422"].requests[0].status_code == 422


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"method": "POST"}, "POST /v1/models {"),
        ({"path": "/v1/others"}, "GET /v1/others {"),
        ({"query": {"limit": "9"}}, "GET /v1/models {'limit': '9'} {"),
        ({"status_code": 500}, "} → 500"),
        ({"headers": {"x-api-key": "x"}}, " {'x-api-key': 'x'} → 200"),
        ({"headers": {"anthropic-version": "x"}}, " {'anthropic-version': 'x'} → 200"),
        ({"headers": {"anthropic-beta": "a, b"}}, " {'anthropic-beta': 'a, b'} → 200"),
        ({"headers": {"anthropic-beta": "", "accept": "*/*"}}, " {} → 200"),
    ],
)
def test_a_request_that_differs_is_shown_beside_the_right_one(
    outcomes: dict[str, Outcome], change: dict[str, Any], shown: str
) -> None:
    right = outcomes["paging"]
    first, second, *others = right.requests
    requests = [first, evolve(second, **change), *others]
    (found,) = differences(right, "\n".join(right.ids), "", requests)
    assert found.startswith("request 2 is ")
    assert shown in found.partition("\n  instead of GET /v1/models {'after_id': ")[0]


def test_ids_and_requests_are_counted_and_the_first_wrong_id_is_shown(
    outcomes: dict[str, Outcome],
) -> None:
    right = outcomes["paging"]
    first, *ids = right.ids
    assert differences(right, " ".join(["x", *ids[1:]]), "", right.requests[:-1]) == [
        "56 ids instead of 57",
        f"id 1 is x\n  instead of {first}",
        "5 requests instead of 6",
    ]


def test_an_error_is_to_be_reported_in_one_line_with_type_message_and_request_id(
    outcomes: dict[str, Outcome],
) -> None:
    right = outcomes["422"]
    assert right.error is not None
    assert differences(right, "", f"Error:\n! {' '.join(right.error)} !", right.requests) == []
    complaint = f"no line on stderr has {', '.join(map(repr, right.error))}"
    for wrong in ("\n".join(right.error), " ".join(right.error[1:]), " ".join(right.error[:2])):
        assert differences(right, "", wrong, right.requests) == [complaint]


def test_a_client_has_the_archive_of_its_language_and_nothing_of_the_shell_s_credentials(
    folder: Path, prove: Prove, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "secret-token")
    listing = "print(*os.listdir('..'), *os.listdir(), *{'ANTHROPIC_AUTH_TOKEN'} & {*os.environ})"
    add_client(
        folder, edition="source", steps=("true",), program=f'{{python}} -c "import os; {listing}"'
    )
    assert prove().splitlines()[0] == "betas: 5 ids instead of 3"
    with tarfile.open(folder.parent / "build/list-models-tiny.tar.gz") as archive:
        assert archive.getnames() == [
            "tiny/README.md",
            "tiny/by-hand/client.toml",
            "tiny/by-hand/list_models.py",
            "tiny/by-hand/openapi.yaml",
        ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"steps": ("false",)}, r"`false` failed \(exit 1\):"),
        ({"steps": ("no-such-compiler -o x",)}, ".*no-such-compiler.*"),
        ({"program": "{python} -c 'exit(3)'"}, r"betas: .* failed \(exit 3\):"),
        (
            {"steps": ("{python} -c \"[print(n) for n in range(999)]; exit('the end')\"",)},
            r".* failed \(exit 1\):\n  950\n(  \d+\n)+  998\n  the end",
        ),
    ],
)
def test_a_command_that_fails_is_shown_with_its_last_lines(
    folder: Path, prove: Prove, changes: dict[str, Any], reason: str
) -> None:
    add_client(folder, **changes)
    assert re.fullmatch(reason, prove())


def test_what_an_earlier_run_has_left_is_not_used_unless_the_client_keeps_it(
    folder: Path, prove: Prove
) -> None:
    add_client(folder, keep=["kept"], steps=("mkdir kept",))
    assert prove() == ""
    assert prove().startswith("`mkdir kept` failed (exit 1):")
    (folder / "tiny/by-hand/list_models.py").unlink()
    shutil.rmtree(folder.parent / "build/tiny/by-hand/tiny/by-hand/kept")
    assert "list_models.py" in prove()


def test_the_clients_that_are_named_are_run_and_each_has_a_row(
    folder: Path, command: Command
) -> None:
    missing = ["php-cli", "php-guzzle"]
    add_client(folder)
    add_client(folder, "bare", needs=["no-such-compiler"])
    add_client(folder, "probed", probe=[sys.executable, "-c", "import no_such"], debian=missing)
    add_client(folder, "wrong", steps=("false",))
    done = command("tiny", "bare/by-hand", "probed")
    assert (done.returncode, done.stderr) == (0, "")
    bare, probed, tiny = done.stdout.splitlines()[-3:]
    assert re.fullmatch(r"tiny/by-hand +made-up 1\.2\.3 +portable +\d+\.\d +ok: 7 scenarios", tiny)
    assert bare.endswith("  -        skipped: no no-such-compiler here")
    assert probed.endswith("with all it needs here (on Debian: apt install php-cli php-guzzle)")
    done = command("wrong", "bare")
    assert (done.returncode, done.stderr) == (1, "")
    assert "\nwrong/by-hand: `false` failed (exit 1):\n" in done.stdout
    assert "  wrong: `false` failed (exit 1):" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"edition": "pocket"}, "tiny/by-hand/client.toml: 'edition' must be in ['source', 'port"),
        ({"colour": "blue"}, "'colour'"),
        ({"steps": ("",)}, "tiny/README.md has no commands that cd by-hand\n"),
        ({}, "there is no client 'cobol'; there are: tiny, tiny/by-hand\n"),
    ],
)
def test_settings_and_names_that_are_wrong_exit_2(
    folder: Path, command: Command, changes: dict[str, Any], reason: str
) -> None:
    add_client(folder, **changes)
    done = command("cobol")
    assert done.returncode == 2
    assert reason in done.stderr


def test_an_interruption_ends_what_runs_and_is_reported_in_a_word(
    folder: Path, tmp_path: Path, places: list[str]
) -> None:
    began = tmp_path / "began"
    os.mkfifo(began)
    # A handler of Python would not end a pause that begins just after the signal.
    step = f": >{shlex.quote(str(began))}; exec sleep 600"
    add_client(folder, steps=(f"sh -c {shlex.quote(step)}",))
    with interruptible("-m", "languages.run", *places, folder=ROOT) as process:
        with began.open():
            os.killpg(process.pid, signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (130, "Interrupted.\n")


CLIENTS = read_clients(LANGUAGES)


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_a_client_is_pinned_to_the_version_that_the_document_about_sharing_names(
    client: Client,
) -> None:
    place = f"[{client.folder.name}](../languages/{client.name})"
    generator = f"{client.generator} {client.version}"
    document = (ROOT / "docs/sharing-the-spec.md").read_text("utf-8")
    assert f"| {place} | {generator} | {client.edition} |" in document
    pinned = [ROOT / "requirements/languages.txt", *client.folder.parent.rglob("*.*")]
    texts = [path.read_text("utf-8") for path in pinned if path.name != "client.toml"]
    assert any(client.version in text for text in texts)


def test_no_code_that_is_generated_and_no_address_of_a_registry_is_committed() -> None:
    wrong = (
        r'(?i)do not edit|\bgenerated by|"resolved"|registry[.+]|proxy\.golang|crates\.io|repo1'
    )
    names = committed_files("languages")
    assert names
    assert [each for each in names if re.search(wrong, (ROOT / each).read_text("utf-8"))] == []


def test_every_dependency_is_pinned() -> None:
    commands = [shlex.join(step) for client in CLIENTS for step in client.steps]
    installing = [each for each in commands if re.search("npm|pip|cargo|install", each)]
    pinned = re.compile(r"npm ci |cargo build --locked|pip install .*--require-hashes")
    assert installing
    assert [each for each in installing if not pinned.search(each)] == []
    for path in LANGUAGES.glob("*/*/pom.xml"):
        for block in re.findall(r"<(plugin|dependency)>(.*?)</\1>", path.read_text("utf-8"), re.S):
            assert re.search(r"<version>([\d.]+|\$\{[a-z.]+\})</version>", block[1]), block[1]
