"""`anthropic-models list`: what it lists, in which formats, and how it fails and ends."""

import csv
import io
import json
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from anthropic_models import openapi_path
from anthropic_models.sandbox import Sandbox, well_known_models

from generator.documents import read_yaml
from tests.support.scripted_server import Response, Scripted, error, model, page, respond
from tests.support.sync_and_async import KEY
from tests.support.terminal import PATIENCE, Command, Pipe, piped, reported

FIELDS = list(read_yaml(openapi_path())["components"]["schemas"]["BetaModelInfo"]["properties"])
Done = CompletedProcess[str]
Listing = Callable[..., Done]
Ids = Callable[..., list[str]]
FORBIDDEN = error(403, "permission_error")
MORE = respond(page("a", has_more=True))


@pytest.fixture
def listing(scripted: Scripted, command: Command) -> Listing:
    """List what a server responds, with these words."""

    def run(words: str, *responses: Response, **variables: str) -> Done:
        return command("list", *words.split(), base_url=scripted(*responses).base_url, **variables)

    return run


@pytest.fixture
def ids(sandbox: Sandbox, command: Command) -> Ids:
    """List the ids of a sandbox, with these words."""

    def run(words: str) -> list[str]:
        sandbox.requests.clear()
        done = command("list", "--format", "id", *words.split(), base_url=sandbox.base_url)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.split()

    return run


# --- formats


@pytest.mark.parametrize(
    ("words", "models", "stdout", "stderr"),
    [
        ("--format json", [], "[]\n", ""),
        ("--format jsonl", [], "", ""),
        ("--format csv", [], ",".join(FIELDS) + "\n", ""),
        ("--format id", [], "", ""),
        ("--format table", [], "", "anthropic-models: no models found\n"),
        ("--format id", [model("a\nb"), model("c\ud800")], "a\\nb\nc\\ud800\n", ""),
        ("--output id", [model("a")], "a\n", ""),
    ],
)
def test_each_format_holds_any_listing(
    words: str,
    models: list[dict[str, Any]],
    stdout: str,
    stderr: str,
    listing: Listing,
) -> None:
    done = listing(words, respond(page(*models)))
    assert (done.returncode, done.stdout, done.stderr) == (0, stdout, stderr)


def test_a_pipe_gets_an_object_a_line_and_json_is_one_array_of_all_that_the_api_sent(
    listing: Listing,
) -> None:
    pages = [page(model("a", price={"input": 3}), has_more=True), page("b")]
    lines = [json.loads(line) for line in listing("", *map(respond, pages)).stdout.splitlines()]
    assert lines[0] == model("a", price={"input": 3}, created_at="2025-05-14T00:00:00+00:00")
    assert [line["id"] for line in lines] == ["a", "b"]
    assert json.loads(listing("--format json", *map(respond, pages)).stdout) == lines


def test_csv_has_the_fields_of_the_document(listing: Listing) -> None:
    odd = 'quoted ", comma\nand line break'
    first = page(model("a", display_name=odd, added_later=7), has_more=True)
    done = listing("--format csv", respond(first), respond(page("b")))
    heading, *rows = csv.reader(io.StringIO(done.stdout))
    assert heading == FIELDS
    assert [dict(zip(FIELDS, row, strict=True))["display_name"] for row in rows] == [odd, "B"]


def test_verbose_shows_each_request(listing: Listing) -> None:
    done = listing("--format id --verbose", error(529, "overloaded"), MORE, respond(page("b")))
    assert (done.returncode, done.stdout) == (0, "a\nb\n")
    lines = done.stderr.splitlines()
    assert ["529" in line for line in lines] == [True, False, False]
    assert all("/v1/models" in line and KEY not in line for line in lines)
    assert listing("--format id", respond(page("b"))).stderr == "", "it is off afterwards"


def test_a_table_in_a_pipe_is_whole_and_without_colours(listing: Listing) -> None:
    name = " ".join(["A very long name"] * 20)
    done = listing("--format table", respond(page(model("a", display_name=name))), FORCE_COLOR="1")
    heading, row = done.stdout.splitlines()
    assert heading.split() == ["id", "name", "released"]
    assert name in row
    assert "\x1b" not in done.stdout


def test_the_first_page_is_in_the_pipe_before_the_second_is_there(
    scripted: Scripted, command: Command, pipe: Pipe
) -> None:
    printed: list[str] = []

    def read_then_respond(connection: socket.socket, over: threading.Event) -> bool:
        if select.select([pipe[0]], [], [], PATIENCE)[0]:
            printed.append(pipe[0].readline())
        return respond(page("b"))(connection, over)

    with pipe[1], redirect_stdout(pipe[1]):
        server = scripted(MORE, read_then_respond)
        assert command("list", "--format", "id", base_url=server.base_url).returncode == 0
    assert [*printed, pipe[0].readline()] == ["a\n", "b\n"]


# --- what is listed


@pytest.mark.parametrize(
    ("words", "of", "limits"),
    [
        ("--limit 10", slice(None), ["10"] * 6),
        ("--limit 10 --max-items 13", slice(0, 13), ["10", "3"]),
        ("--limit 20 --after-id {9}", slice(10, None), ["20"] * 3),
        ("--limit 20 --before-id {50}", slice(49, None, -1), ["20"] * 3),
    ],
)
def test_cursors_and_max_items_ask_for_no_more_than_they_need(
    words: str, of: slice, limits: list[str], sandbox: Sandbox, ids: Ids
) -> None:
    everything = [m["id"] for m in sandbox.models]
    assert ids(words.format(*everything)) == everything[of]
    assert [request.query["limit"] for request in sandbox.requests] == limits


def test_match_looks_into_ids_and_names_whatever_the_case_and_max_items_counts_matches(
    sandbox: Sandbox, ids: Ids
) -> None:
    matching = [m["id"] for m in sandbox.models if "3" in m["id"]]
    assert ids("--limit 10 --match 3 --max-items 5") == matching[:5]
    assert len(sandbox.requests) == 3
    sandbox.models[:] = [model("Upper", display_name="NAME"), model("other")]
    assert ids("--match upper") == ids("--match name") == ids("--match PER") == ["Upper"]


def test_betas_and_the_key_are_sent_and_the_base_url_of_the_command_wins(
    sandbox: Sandbox, command: Command
) -> None:
    words = ("--beta", "one", "--beta", "two", "--base-url", sandbox.base_url)
    assert command("list", *words, base_url="http://127.0.0.1:9").returncode == 0
    assert sandbox.requests[0].headers["anthropic-beta"] == "one,two"
    assert sandbox.requests[0].headers["x-api-key"] == KEY


def test_the_sandbox_can_be_listed_without_a_key_and_outside_of_the_main_thread(
    command: Command,
) -> None:
    ends: list[Done] = []
    words = ("list", "--sandbox", "--format", "id")
    thread = threading.Thread(target=lambda: ends.append(command(*words)))
    thread.start()
    thread.join(60)
    (done,) = ends
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == [m["id"] for m in well_known_models()]


# --- what goes wrong


def test_an_error_of_the_api_is_reported_in_one_line_with_the_request_id(
    listing: Listing,
) -> None:
    done = listing(
        "--after-id gone", error(401, "authentication_error", f"bad\n\x1b[31mkey {KEY}")
    )
    assert reported(done, 1) == (
        "anthropic-models: 401 authentication_error: bad\\n\\x1b[31mkey <secret> "
        "(request id req_body, retry after 0 s)\n"
    )


@pytest.mark.parametrize(
    ("words", "ids", "stdout", "resume"),
    [
        ("--format id --max-items 5", ("a", "b c"), "a\nb c\n", "--after-id 'b c' --max-items 3"),
        ("--format id --match a --max-items 5", "ab", "a\n", "--after-id b --max-items 4"),
        ("--format table --match other", "a", "", "--after-id a"),
    ],
)
def test_an_interrupted_listing_reports_how_to_resume(
    words: str, ids: tuple[str, ...], stdout: str, resume: str, listing: Listing
) -> None:
    done = listing(words, respond(page(*ids, has_more=True)), FORBIDDEN)
    assert (done.returncode, done.stdout) == (1, stdout)
    assert done.stderr.endswith(f"; resume with {resume}\n")
    assert len(done.stderr.splitlines()) == 1


def test_a_table_shows_what_came_and_an_array_stays_open_when_the_listing_breaks_off(
    listing: Listing,
) -> None:
    assert listing("--format table", MORE, FORBIDDEN).stdout.splitlines()[1].startswith("a ")
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(listing("--format json", MORE, FORBIDDEN).stdout)


def test_a_failed_connection_is_reported_in_one_line(command: Command) -> None:
    words = ("--base-url", "http://litellm.invalid:4000", "--allow-insecure-http")
    reported(command("list", *words, ANTHROPIC_API_KEY=KEY), 1, ": could not connect to ")


def test_an_unexpected_exception_is_reported_in_one_line(
    listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*_arguments: object) -> str:
        raise ZeroDivisionError("by a defect")

    monkeypatch.setattr("anthropic_models.cli.formats.as_json", defect)
    reported(listing("--format json", MORE), 1, "anthropic-models: unexpected ZeroDivisionError: ")


# --- how it ends


def test_a_closed_pipe_ends_it_quietly_before_a_further_page_is_requested(
    scripted: Scripted, command: Command, pipe: Pipe
) -> None:
    pipe[0].close()
    server = scripted(MORE, respond(page("b")))
    with pipe[1], redirect_stdout(pipe[1]):
        done = command("list", base_url=server.base_url)
    assert (done.returncode, done.stderr, len(server.requests)) == (0, "", 1)


@pytest.mark.parametrize(
    ("number", "format_", "ends"),
    [(signal.SIGTERM, "id", (143, "a\n", "")), (signal.SIGINT, "table", (130, "", ""))],
)
def test_ctrl_c_and_sigterm_end_it_quietly_and_show_no_half_table(
    number: signal.Signals, format_: str, ends: tuple[int, str, str], listing: Listing
) -> None:
    main = threading.main_thread().ident
    assert main is not None

    def interrupt(_connection: socket.socket, over: threading.Event) -> bool:
        signal.pthread_kill(main, number)
        return over.wait()

    done = listing(f"--format {format_}", MORE, interrupt)
    assert (done.returncode, done.stdout, done.stderr) == ends


NO_SPACE = "anthropic-models: cannot write the output: No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    ("words", "redirect", "ends"),
    [
        ("", redirect_stdout, (1, NO_SPACE)),
        ("--help", redirect_stdout, (1, NO_SPACE)),
        ("--limit 0", redirect_stderr, (2, "")),
    ],
)
def test_a_full_disk_is_reported_in_one_line_where_that_can_be_written(
    words: str, redirect: Any, ends: tuple[int, str], listing: Listing
) -> None:
    with open("/dev/full", "w") as full, redirect(full):
        done = listing(words, MORE, respond(page("b")))
    assert (done.returncode, done.stderr) == ends
    assert done.stdout == ""


@pytest.mark.parametrize("name", ["list", "watch"])
def test_a_closed_standard_output_is_reported_in_one_line(
    name: str, sandbox: Sandbox, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", None)  # as Python has it then
    done = command(name, base_url=sandbox.base_url)
    assert reported(done, 1) == "anthropic-models: standard output is closed\n"


def test_an_error_does_not_go_among_the_output_when_there_is_no_stderr(
    listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    done = listing("", error(404, "not_found_error"))
    assert (done.returncode, done.stdout) == (1, "")


def test_listing_ids_loads_nothing_that_it_does_not_need_and_escapes_what_cannot_be_encoded(
    scripted: Scripted, tmp_path: Path
) -> None:
    # Where click is installed, httpx loads it, and rich, for a command line of its own.
    (tmp_path / "click.py").write_text("raise ImportError")
    done = piped(
        *("list", "--format", "id"),
        base_url=scripted(respond(page("é☃"))).base_url,
        PYTHONPATH=str(tmp_path),
        PYTHONPROFILEIMPORTTIME="1",
        PYTHONIOENCODING="ascii",
    )
    assert done.stdout == "\\xe9\\u2603\n"
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert {"httpx", "typer", "anthropic_models.cli.list"} <= loaded
    assert not {name.partition(".")[0] for name in loaded} & {"pygments", "rich", "yaml"}
    assert not loaded & {
        f"anthropic_models.{name}" for name in ("sandbox", "cli.table", "cli.watch")
    }
