"""`anthropic-models list`, from outside: in pipes, and with wrong words."""

import csv
import io
import json
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import anthropic_models
import pytest
from anthropic_models import KnownAnthropicBeta, openapi_path
from anthropic_models.cli import main
from anthropic_models.sandbox import Sandbox, made_up_models, well_known_models

from generator.documents import read_yaml
from tests.support.scripted_server import (
    Response,
    Scripted,
    error,
    model,
    page,
    respond,
    silence_after,
    when,
)
from tests.support.sync_and_async import KEY
from tests.support.terminal import PROGRAM, Command, piped, reported, started

SCHEMAS: dict[str, Any] = read_yaml(openapi_path())["components"]["schemas"]
FIELDS = list(SCHEMAS["BetaModelInfo"]["properties"])
Done = CompletedProcess[str]
FORBIDDEN = error(403, "permission_error")
MORE = respond(page("a", has_more=True))


def listed(*models: dict[str, Any], **changes: Any) -> Response:
    """A page of these models."""
    return respond(page(*(m["id"] for m in models), **changes) | {"data": list(models)})


@pytest.fixture
def listing(scripted: Scripted, command: Command) -> Callable[..., Done]:
    """List what a server responds, with these words."""

    def run(words: str, *responses: Response, **variables: str) -> Done:
        return command("list", *words.split(), base_url=scripted(*responses).base_url, **variables)

    return run


@pytest.fixture
def ids(sandbox: Sandbox, command: Command) -> Callable[..., list[str]]:
    """List the ids of a sandbox, with these words."""

    def run(words: str) -> list[str]:
        sandbox.requests.clear()
        done = command("list", "--format", "id", *words.split(), base_url=sandbox.base_url)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.split()

    return run


# --- formats


def test_a_pipe_gets_an_object_a_line_with_all_that_the_api_said(
    listing: Callable[..., Done],
) -> None:
    done = listing("", listed(model("a", price={"input": 3}), model("b")))
    assert (done.returncode, done.stderr) == (0, "")
    first, second = map(json.loads, done.stdout.splitlines())
    assert first == model("a", price={"input": 3}, created_at="2025-05-14T00:00:00+00:00")
    assert second["id"] == "b"


def test_json_is_one_array_over_all_pages(sandbox: Sandbox, command: Command) -> None:
    done = command("list", "--format", "json", "--limit", "10", base_url=sandbox.base_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert [m["id"] for m in json.loads(done.stdout)] == [m["id"] for m in sandbox.models]
    assert len(sandbox.requests) == 6


@pytest.mark.parametrize(
    ("words", "models", "stdout"),
    [
        ("--format json", [], "[]\n"),
        ("--format jsonl", [], ""),
        ("--format csv", [], ",".join(FIELDS) + "\n"),
        ("--format id", [], ""),
        ("--format id", [model("a\nb"), model("c\ud800")], "a\\nb\nc\\ud800\n"),
        ("--output id", [model("a")], "a\n"),
    ],
)
def test_each_format_holds_any_listing(
    words: str, models: list[dict[str, Any]], stdout: str, listing: Callable[..., Done]
) -> None:
    done = listing(words, listed(*models))
    assert (done.returncode, done.stdout, done.stderr) == (0, stdout, "")


def test_a_table_without_models_is_a_sentence(listing: Callable[..., Done]) -> None:
    done = listing("--format table", listed())
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "anthropic-models: no models found\n"


def test_csv_quotes_and_has_the_fields_of_the_specification(listing: Callable[..., Done]) -> None:
    odd = 'quoted ", comma\nand line break'
    first = listed(model("a", display_name=odd, new="x"), has_more=True)
    done = listing("--format csv", first, listed(model("b")))
    heading, row, second = csv.reader(io.StringIO(done.stdout))
    assert heading == FIELDS
    assert row[:4] == ["a", "2025-05-14T00:00:00+00:00", odd, "model"]
    assert second[0] == "b"


def test_csv_holds_what_is_no_text_as_json_and_what_is_missing_as_nothing(
    listing: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = {
        "id": "a",
        "maxTokens": "7",
        "capabilities": '{"vision": true}',
        "retires_at": "",
        "not_there": "",
    }
    later = {"schemas": {"BetaModelInfo": {"properties": expected}}}
    monkeypatch.setattr("anthropic_models.cli.formats.document", lambda: later)
    sent = {"maxTokens": 7, "capabilities": {"vision": True}, "retires_at": None, "max_tokens": 8}
    done = listing("--format csv", listed(model("a", **sent)))
    heading, row = csv.reader(io.StringIO(done.stdout))
    assert dict(zip(heading, row, strict=True)) == expected


@pytest.mark.parametrize("format_", ["table", "csv", "id"])
def test_a_field_with_a_name_like_one_of_the_document_is_not_taken_for_it(
    format_: str, listing: Callable[..., Done]
) -> None:
    similar = dict.fromkeys(["_id", "ID", "id_", "Id", "displayName", "type_", "_type"], "wrong")
    done = listing(f"--format {format_}", listed({**similar, **model("a")}))
    assert "a" in done.stdout
    assert "wrong" not in done.stdout


def test_verbose_shows_each_request(listing: Callable[..., Done]) -> None:
    done = listing("--format id --verbose", error(529, "overloaded"), MORE, respond(page("b")))
    assert (done.returncode, done.stdout) == (0, "a\nb\n")
    lines = done.stderr.splitlines()
    assert ["529" in line for line in lines] == [True, False, False]
    assert all("/v1/models" in line for line in lines)
    assert KEY not in done.stderr
    assert listing("--format id", respond(page("b"))).stderr == "", "it is off afterwards"


def test_a_table_in_a_pipe_is_whole_and_without_colours(listing: Callable[..., Done]) -> None:
    name = " ".join(["A very long name"] * 20)
    done = listing("--format table", listed(model("a", display_name=name)), FORCE_COLOR="1")
    heading, row = done.stdout.splitlines()
    assert heading.split() == ["id", "name", "released"]
    assert name in row
    assert "\x1b" not in done.stdout


def test_the_first_page_is_in_the_pipe_before_the_second_is_there(scripted: Scripted) -> None:
    go_on = threading.Event()
    server = scripted(MORE, when(go_on, respond(page("b"))))
    with started("list", "--format", "csv", base_url=server.base_url) as process:
        assert process.line() == ",".join(FIELDS) + "\n"
        assert process.line().startswith("a,")
        go_on.set()
        code, out, err = process.ended()
    assert (code, out[:2], err) == (0, "b,", "")


# --- what is listed


@pytest.mark.parametrize(
    ("words", "of", "limits"),
    [
        ("--limit 10 --max-items 13", slice(0, 13), ["10", "3"]),
        ("--limit 20 --after-id {9}", slice(10, None), ["20"] * 3),
        ("--limit 20 --before-id {50}", slice(49, None, -1), ["20"] * 3),
    ],
)
def test_cursors_and_max_items_ask_for_no_more_than_they_need(
    words: str, of: slice, limits: list[str], sandbox: Sandbox, ids: Callable[..., list[str]]
) -> None:
    everything = [m["id"] for m in sandbox.models]
    assert ids(words.format(*everything)) == everything[of]
    assert [request.query["limit"] for request in sandbox.requests] == limits


def test_match_looks_into_ids_and_names_whatever_the_case_and_max_items_counts_matches(
    sandbox: Sandbox, ids: Callable[..., list[str]]
) -> None:
    matching = [m["id"] for m in sandbox.models if "3" in m["id"]]
    assert ids("--limit 10 --match 3 --max-items 5") == matching[:5]
    assert len(sandbox.requests) == 3
    sandbox.models[:] = well_known_models()
    assert ids("--match NEW") == ["claude-3-5-sonnet-20241022"]
    assert len(ids("--match -OPUS-4")) == 3
    sandbox.models[:] = [model("Upper", display_name="NAME")]
    assert ids("--match upper") == ids("--match name") == ["Upper"]


def test_betas_and_the_key_are_sent_and_the_base_url_of_the_command_wins(
    sandbox: Sandbox, command: Command
) -> None:
    words = ("--beta", "one", "--beta", "two", "--base-url", sandbox.base_url)
    assert command("list", *words, base_url="http://127.0.0.1:9").returncode == 0
    assert sandbox.requests[0].headers["anthropic-beta"] == "one,two"
    assert sandbox.requests[0].headers["x-api-key"] == KEY


def test_the_sandbox_can_be_listed_without_a_key(command: Command) -> None:
    done = command("list", "--sandbox", "--format", "id")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == [m["id"] for m in well_known_models()]


def test_the_known_betas_are_listed_one_a_line(command: Command) -> None:
    done = command("betas")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == [beta.value for beta in KnownAnthropicBeta]


def test_the_version_is_that_of_the_package_and_python_m_does_the_same(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["anthropic-models", "--version"])
    assert main() == 0
    version = f"anthropic-models {anthropic_models.__version__}\n"
    assert capfd.readouterr().out == version
    module = [sys.executable, "-m", "anthropic_models"]
    with started("--version", command=module) as process:
        assert process.ended() == (0, version, "")


# --- what goes wrong


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("list --limit 0", "'--limit': 0 is not in the range 1<=x<=1000"),
        ("list --limit 1001", "'--limit': 1001"),
        ("list --max-items 0", "'--max-items': 0"),
        ("list --format xml", "'xml' is not one of 'table', 'json'"),
        ("list --after-id a --before-id b", "--after-id or --before-id, not both"),
        ("list --after-id=", "--after-id must be the id of a model"),
        ("list --beta a,b", "--beta must be in ASCII, without commas"),
        ("list --base-url http://example.com", "--base-url 'http://example.com' would"),
        ("list --base-url http://litellm:4000", "--allow-insecure-http"),
        ("list --base-url ftp://x", "--base-url must start with https://"),
        ("list --base-url https://me:pw@x", "--base-url must not contain a user name or password"),
        ("list --base-url http://127.0.0.1 --sandbox", "--base-url or --sandbox"),
        (f"list --api-key={KEY}", "No such option: --api-key"),
        ("list extra", "unexpected extra argument"),
        ("lst", "No such command 'lst'"),
        ("watch --interval 0", "'--interval': 0"),
        ("watch --interval nan", "nan is not a number of seconds"),
        ("watch --interval inf", "'--interval': inf"),
        ("watch --once", "--once needs --state"),
        ("sandbox --models 1000001", "'--models': 1000001"),
        ("sandbox --port 65536", "'--port': 65536"),
        ("sandbox --delay -1", "'--delay': -1"),
        ("sandbox --delay nan", "nan is not a number of seconds"),
        ("sandbox --host=", "host must not be empty"),
        ("sandbox --fail 200", "'--fail': '200' is not STATUS or STATUS:N, such as 529 or 529:2"),
        ("sandbox --fail 529:0", "'--fail': '529:0'"),
        ("sandbox --fail 529:x", "'--fail': '529:x'"),
        ("sandbox --drop -1", "'--drop': -1"),
    ],
)
def test_wrong_usage_is_reported_in_one_line(words: str, says: str, command: Command) -> None:
    line = reported(command(*words.split(), ANTHROPIC_API_KEY=KEY), 2, says)
    assert not [word for word in ("allow_insecure_http", "api_key", KEY) if word in line]


def test_a_wrong_environment_is_wrong_usage_and_names_the_variable(command: Command) -> None:
    for name in ("list", "watch"):
        assert "api_key=" not in reported(command(name), 2, "ANTHROPIC_API_KEY")
    wrong = command("list", ANTHROPIC_API_KEY=KEY, ANTHROPIC_BASE_URL="ftp://x")
    reported(wrong, 2, "ANTHROPIC_BASE_URL must start with https://")


def test_no_command_is_wrong_usage_and_shows_the_help(command: Command) -> None:
    done = command()
    assert (done.returncode, done.stdout) == (2, "")
    assert "Commands:" in done.stderr


def test_an_error_of_the_api_is_reported_in_one_line_with_the_request_id(
    listing: Callable[..., Done],
) -> None:
    done = listing("", error(401, "authentication_error", f"bad\n\x1b[31mkey {KEY}"))
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
    words: str, ids: tuple[str, ...], stdout: str, resume: str, listing: Callable[..., Done]
) -> None:
    done = listing(words, respond(page(*ids, has_more=True)), FORBIDDEN)
    assert (done.returncode, done.stdout) == (1, stdout)
    assert done.stderr.endswith(f"; resume with {resume}\n")
    assert len(done.stderr.splitlines()) == 1


def test_a_table_shows_what_came_and_an_array_stays_open_when_the_listing_breaks_off(
    listing: Callable[..., Done],
) -> None:
    assert listing("--format table", MORE, FORBIDDEN).stdout.splitlines()[1].startswith("a ")
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(listing("--format json", MORE, FORBIDDEN).stdout)


def test_a_listing_that_fails_at_once_advises_nothing(listing: Callable[..., Done]) -> None:
    assert "resume" not in reported(listing("--after-id gone", error(404, "not_found_error")), 1)


@pytest.mark.parametrize("there", ["http://127.0.0.1:9", "http://litellm.invalid:4000"])
def test_a_failed_connection_is_reported_in_one_line(there: str, command: Command) -> None:
    words = ("--base-url", there, "--allow-insecure-http")
    reported(command("list", *words, ANTHROPIC_API_KEY=KEY), 1, ": could not connect to ")


def test_an_unexpected_exception_is_reported_in_one_line(
    listing: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*_arguments: object) -> str:
        raise ZeroDivisionError("by a defect")

    monkeypatch.setattr("anthropic_models.cli.formats.as_json", defect)
    reported(listing("--format json", MORE), 1, "anthropic-models: unexpected ZeroDivisionError: ")


@pytest.mark.parametrize(
    ("missing", "words", "extra"),
    [("typer", ["list", "--help"], "[cli]"), ("yaml", ["list", "--sandbox"], "[sandbox]")],
)
def test_without_its_extra_it_reports_what_to_install(
    missing: str, words: list[str], extra: str, tmp_path: Path
) -> None:
    # A package of that name that is not there, as far as an import can tell.
    absent = f"raise ModuleNotFoundError('no', name={missing!r})"
    (tmp_path / f"{missing}.py").write_text(absent)
    done = piped(*words, PYTHONPATH=str(tmp_path))
    assert missing in reported(done, 2, f"pip install 'anthropic-models-client{extra}'")


# --- how it ends


@pytest.mark.parametrize("format_", ["table", "json"])
def test_a_closed_pipe_ends_it_quietly(format_: str, sandbox: Sandbox) -> None:
    sandbox.models[:] = made_up_models(2000)  # more than a pipe takes at once
    with started("list", "--format", format_, base_url=sandbox.base_url) as process:
        process.line()
        process.close_output()
        assert process.ended() == (0, "", "")


def test_no_further_page_is_requested_after_the_pipe_is_closed(scripted: Scripted) -> None:
    go_on = threading.Event()
    server = scripted(when(go_on, MORE), respond(page("b")))
    with started("list", base_url=server.base_url) as process:
        server.wait_for()
        process.close_output()
        go_on.set()
        assert process.ended()[0] == 0
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("number", "format_", "ends"),
    [
        (signal.SIGTERM, "id", (143, "a\n", "")),
        (signal.SIGINT, "table", (130, "", "")),
    ],
)
def test_ctrl_c_and_sigterm_end_it_quietly_and_show_no_half_table(
    number: signal.Signals, format_: str, ends: tuple[int, str, str], scripted: Scripted
) -> None:
    server = scripted(MORE, silence_after())
    with started("list", "--format", format_, base_url=server.base_url) as process:
        server.wait_for(2)
        assert process.ended(number) == ends


def test_a_background_job_goes_on_ignoring_ctrl_c(scripted: Scripted) -> None:
    go_on = threading.Event()
    server = scripted(when(go_on, respond(page("a"))))
    background = ["sh", "-c", 'trap \'\' INT; exec "$0" "$@"', PROGRAM]
    words = ("list", "--format", "id")
    with started(*words, command=background, base_url=server.base_url) as process:
        server.wait_for()
        process.send_signal(signal.SIGINT)
        go_on.set()
        assert process.ended() == (0, "a\n", "")


needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")


@needs_full
@pytest.mark.parametrize("words", ["list", "--help", "list --help", "--version"])
def test_a_full_disk_is_reported_in_one_line(words: str, sandbox: Sandbox) -> None:
    no_space = "anthropic-models: cannot write the output: No space left on device\n"
    with (
        open("/dev/full", "w") as full,
        started(*words.split(), base_url=sandbox.base_url, stdout=full) as process,
    ):
        assert process.ended() == (1, "", no_space)


@needs_full
@pytest.mark.parametrize(
    ("words", "code"), [("", 2), ("list --limit 0", 2), ("list --base-url http://[::1]:9", 1)]
)
def test_an_error_that_cannot_be_written_has_its_exit_code(words: str, code: int) -> None:
    with (
        open("/dev/full", "w") as full,
        started(*words.split(), stderr=full, ANTHROPIC_API_KEY=KEY) as process,
    ):
        assert process.ended() == (code, "", "")


def test_help_in_a_closed_pipe_ends_it_quietly() -> None:
    with started("--help") as process:
        process.close_output()
        assert process.ended() == (0, "", "")


INTERRUPTED = """
import signal
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    raise ImportError("modules in C turn it into this")
"""


@pytest.mark.parametrize(
    ("typer", "code"), [("raise KeyboardInterrupt", 130), (INTERRUPTED, -signal.SIGINT)]
)
def test_ctrl_c_while_python_still_imports_ends_it_quietly(
    typer: str, code: int, tmp_path: Path
) -> None:
    (tmp_path / "typer.py").write_text(typer)
    done = piped("list", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")


@pytest.mark.parametrize("format_", ["table", "jsonl"])
def test_output_may_be_redirected_within_python(
    format_: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with redirect_stdout(io.StringIO()) as output:  # it has neither reconfigure nor a descriptor
        assert main(["list", "--format", format_, "--base-url", sandbox.base_url]) == 0
    assert sandbox.models[-1]["id"] in output.getvalue()


@pytest.mark.parametrize("name", ["list", "watch"])
def test_a_closed_standard_output_is_reported_in_one_line(
    name: str, sandbox: Sandbox, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", None)  # as Python has it then
    done = command(name, base_url=sandbox.base_url)
    assert reported(done, 1) == "anthropic-models: standard output is closed\n"


def test_an_error_does_not_go_among_the_output_when_there_is_no_stderr(
    listing: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    done = listing("", error(404, "not_found_error"))
    assert (done.returncode, done.stdout) == (1, "")


# --- what it costs, and what it says


def test_listing_ids_loads_nothing_that_it_does_not_need_and_escapes_what_cannot_be_encoded(
    scripted: Scripted, tmp_path: Path
) -> None:
    # Where click is installed, httpx loads it, and rich, for a command line of its own.
    (tmp_path / "click.py").write_text("raise ImportError")
    done = piped(
        *("list", "--format", "id"),
        base_url=scripted(listed(model("é☃"))).base_url,
        PYTHONPATH=str(tmp_path),
        PYTHONPROFILEIMPORTTIME="1",
        PYTHONIOENCODING="ascii",
    )
    assert done.stdout == "\\xe9\\u2603\n"
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert {"httpx", "typer", "anthropic_models.cli.list"} <= loaded
    for unneeded in ("pygments", "rich", "yaml"):
        assert not [name for name in loaded if name.partition(".")[0] == unneeded]
    own = {name for name in loaded if name.startswith("anthropic_models.")}
    assert not own & {f"anthropic_models.{name}" for name in ("sandbox", "cli.table", "cli.watch")}


@pytest.mark.parametrize("words", ["", "list", "watch", "betas", "sandbox"])
def test_the_help_fits_one_screen_and_has_an_example(words: str, command: Command) -> None:
    done = command(*words.split(), "--help", COLUMNS="80")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert "..." not in done.stdout.replace("[ARGS]...", "")
    assert len([line for line in lines if line.startswith("  Example: anthropic-models ")]) == 1
