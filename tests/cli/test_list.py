"""`anthropic-models`, from outside: in pipes, and with wrong words."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import anthropic_models
import pytest
from anthropic_models import KnownAnthropicBeta, openapi_path
from anthropic_models.cli import main
from anthropic_models.sandbox import Sandbox, made_up_models, well_known_models

from generator.documents import read_yaml
from tests.support.scripted_server import Scripted, answer, error, model, page, silence_after, when
from tests.support.shells import KEY
from tests.support.terminal import PROGRAM, Command, environment, piped, started

SCHEMAS: dict[str, Any] = read_yaml(openapi_path())["components"]["schemas"]
FIELDS = list(SCHEMAS["BetaModelInfo"]["properties"])


def listed(*models: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A page of these models."""
    return page(*(m["id"] for m in models), **changes) | {"data": list(models)}


# --- formats


def test_a_pipe_gets_an_object_a_line_with_all_that_the_api_said(
    scripted: Scripted, command: Command
) -> None:
    server = scripted(answer(listed(model("a", price={"input": 3}), model("b"))))
    done = command("list", base_url=server.base_url)
    assert (done.returncode, done.stderr) == (0, "")
    first, second = map(json.loads, done.stdout.splitlines())
    assert first == {
        "type": "model",
        "id": "a",
        "display_name": "A",
        "created_at": "2025-05-14T00:00:00+00:00",
        "price": {"input": 3},
    }
    assert second["id"] == "b"


def test_json_is_one_array_over_all_pages(sandbox: Sandbox, command: Command) -> None:
    done = command("list", "--format", "json", "--limit", "10", base_url=sandbox.base_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert [m["id"] for m in json.loads(done.stdout)] == [m["id"] for m in sandbox.models]
    assert len(sandbox.requests) == 6


@pytest.mark.parametrize(
    ("format_", "expected"),
    [
        ("json", "[]\n"),
        ("jsonl", ""),
        ("csv", ",".join(FIELDS) + "\n"),
        ("id", ""),
        ("table", ""),
    ],
)
def test_an_empty_listing_is_empty_in_every_format(
    format_: str, expected: str, scripted: Scripted, command: Command
) -> None:
    server = scripted(answer(page()))
    done = command("list", "--format", format_, base_url=server.base_url)
    assert (done.returncode, done.stdout) == (0, expected)
    reported = "anthropic-models: there are no such models\n" if format_ == "table" else ""
    assert done.stderr == reported


def test_csv_quotes_and_has_the_fields_of_the_specification(
    scripted: Scripted, command: Command
) -> None:
    odd = 'quoted ", comma\nand line break'
    server = scripted(
        answer(listed(model("a", display_name=odd, new="x"), has_more=True)),
        answer(listed(model("b"))),
    )
    done = command("list", "--format", "csv", base_url=server.base_url)
    heading, first, second = csv.reader(io.StringIO(done.stdout))
    assert heading == FIELDS
    assert first[:4] == ["a", "2025-05-14T00:00:00+00:00", odd, "model"]
    assert second[0] == "b"


def test_csv_holds_what_is_no_text_as_json_and_what_is_missing_as_nothing(
    scripted: Scripted, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("id", "maxTokens", "capabilities", "retires_at", "not_there")
    fields: dict[str, object] = {name: {} for name in names}
    later = {"schemas": {"BetaModelInfo": {"properties": fields}}}
    monkeypatch.setattr("anthropic_models.cli.formats.document", lambda: later)
    sent = {"maxTokens": 7, "capabilities": {"vision": True}, "retires_at": None, "max_tokens": 8}
    server = scripted(answer(listed(model("a", **sent))))
    done = command("list", "--format", "csv", base_url=server.base_url)
    heading, row = csv.reader(io.StringIO(done.stdout))
    assert dict(zip(heading, row, strict=True)) == {
        "id": "a",
        "maxTokens": "7",
        "capabilities": '{"vision": true}',
        "retires_at": "",
        "not_there": "",
    }


@pytest.mark.parametrize("format_", ["table", "csv", "id"])
def test_a_field_with_a_name_like_one_of_the_document_is_not_taken_for_it(
    format_: str, scripted: Scripted, command: Command
) -> None:
    similar = dict.fromkeys(["_id", "ID", "id_", "Id", "displayName", "type_", "_type"], "wrong")
    server = scripted(answer(listed({**similar, **model("a")})))
    done = command("list", "--format", format_, base_url=server.base_url)
    assert "a" in done.stdout
    assert "wrong" not in done.stdout


def test_output_is_another_name_of_format(scripted: Scripted, command: Command) -> None:
    server = scripted(answer(page("a")))
    assert command("list", "--output", "id", base_url=server.base_url).stdout == "a\n"


def test_verbose_shows_each_request(scripted: Scripted, command: Command) -> None:
    retried = error(529, "overloaded_error")
    server = scripted(retried, answer(page("a", has_more=True)), answer(page("b")))
    done = command("list", "--format", "id", "--verbose", base_url=server.base_url)
    assert (done.returncode, done.stdout) == (0, "a\nb\n")
    lines = done.stderr.splitlines()
    assert ["529" in line for line in lines] == [True, False, False]
    assert all("/v1/models" in line for line in lines)
    assert KEY not in done.stderr
    quiet = command("list", "--format", "id", base_url=server.base_url)
    assert quiet.stderr == ""


def test_ids_are_one_a_line_whatever_they_hold(scripted: Scripted, command: Command) -> None:
    server = scripted(answer(listed(model("a\nb"), model("c\ud800"))))
    done = command("list", "--format", "id", base_url=server.base_url)
    assert (done.returncode, done.stdout) == (0, "a\\nb\nc\\ud800\n")


def test_what_the_encoding_cannot_hold_is_escaped(scripted: Scripted) -> None:
    server = scripted(answer(listed(model("a", display_name="Café ☃"))))
    arguments = ("list", "--format", "csv")
    done = piped(*arguments, base_url=server.base_url, PYTHONIOENCODING="ascii")
    assert "Caf\\xe9 \\u2603" in done.stdout


def test_a_table_in_a_pipe_is_whole_and_without_colours(
    scripted: Scripted, command: Command
) -> None:
    name = "A very long name " * 20
    server = scripted(answer(listed(model("a", display_name=name.strip()))))
    done = command("list", "--format", "table", base_url=server.base_url, FORCE_COLOR="1")
    heading, row = done.stdout.splitlines()
    assert heading.split() == ["id", "name", "released"]
    assert name.strip() in row
    assert "\x1b" not in done.stdout


def test_the_first_page_is_in_the_pipe_before_the_second_is_there(scripted: Scripted) -> None:
    go_on = threading.Event()
    for format_ in ("jsonl", "json", "csv"):
        go_on.clear()
        second = when(go_on, answer(page("b")))
        server = scripted(answer(page("a", has_more=True)), second)
        listing = ("list", "--format", format_)
        with started(*listing, base_url=server.base_url) as process:
            assert process.stdout
            lines = [process.stdout.readline()]
            if format_ in ("json", "csv"):
                lines.append(process.stdout.readline(13))
            assert "a" in "".join(lines)
            assert process.poll() is None
            go_on.set()
            rest, complaints = process.communicate(timeout=60)
            assert (process.returncode, complaints) == (0, "")
            assert "b" in rest


# --- what is listed


def test_match_looks_into_ids_and_names_whatever_the_case(
    sandbox: Sandbox, command: Command
) -> None:
    sandbox.models[:] = well_known_models()
    done = command("list", "--format", "id", "--match", "NEW", base_url=sandbox.base_url)
    assert done.stdout.split() == ["claude-3-5-sonnet-20241022"]
    done = command("list", "--format", "id", "--match", "-OPUS-4", base_url=sandbox.base_url)
    assert len(done.stdout.split()) == 3


def test_max_items_caps_exactly_and_requests_no_more(sandbox: Sandbox, command: Command) -> None:
    arguments = ("list", "--format", "id", "--limit", "10", "--max-items", "13")
    done = command(*arguments, base_url=sandbox.base_url)
    assert done.stdout.split() == [m["id"] for m in sandbox.models[:13]]
    assert [request.query["limit"] for request in sandbox.requests] == ["10", "3"]


def test_max_items_counts_those_that_match_and_requests_no_more(
    sandbox: Sandbox, command: Command
) -> None:
    matching = [m["id"] for m in sandbox.models if "3" in m["id"]]
    arguments = ("list", "--format", "id", "--limit", "10", "--match", "3", "--max-items", "5")
    done = command(*arguments, base_url=sandbox.base_url)
    assert done.stdout.split() == matching[:5]
    assert len(sandbox.requests) == 3


def test_cursors_walk_away_in_both_directions(sandbox: Sandbox, command: Command) -> None:
    ids = [m["id"] for m in sandbox.models]
    arguments = ("list", "--format", "id", "--limit", "20")
    older = command(*arguments, "--after-id", ids[9], base_url=sandbox.base_url)
    assert older.stdout.split() == ids[10:]
    newer = command(*arguments, "--before-id", ids[50], base_url=sandbox.base_url)
    assert newer.stdout.split() == ids[:50][::-1]


def test_betas_and_the_key_are_sent(sandbox: Sandbox, command: Command) -> None:
    command("list", "--beta", "one", "--beta", "two", base_url=sandbox.base_url)
    assert sandbox.requests[0].headers["anthropic-beta"] == "one,two"
    assert sandbox.requests[0].headers["x-api-key"] == KEY


def test_the_base_url_of_the_command_wins(sandbox: Sandbox, command: Command) -> None:
    arguments = ("list", "--base-url", sandbox.base_url)
    done = command(*arguments, base_url="http://127.0.0.1:9")
    assert len(done.stdout.splitlines()) == 57


def test_the_sandbox_can_be_listed_without_a_key() -> None:
    done = piped("list", "--sandbox", "--format", "id")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == [m["id"] for m in well_known_models()]


def test_the_known_betas_are_listed_one_a_line(command: Command) -> None:
    done = command("betas")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == [beta.value for beta in KnownAnthropicBeta]


def test_the_version_is_that_of_the_package(command: Command) -> None:
    done = command("--version")
    assert (done.returncode, done.stdout) == (
        0,
        f"anthropic-models {anthropic_models.__version__}\n",
    )


def test_python_m_does_the_same() -> None:
    command = [sys.executable, "-m", "anthropic_models", "--version"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("anthropic-models ")


# --- what goes wrong


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "--limit", "0"], "'--limit': 0 is not in the range 1<=x<=1000"),
        (["list", "--limit", "1001"], "'--limit': 1001"),
        (["list", "--max-items", "0"], "'--max-items': 0"),
        (["list", "--format", "xml"], "'xml' is not one of 'table', 'json'"),
        (["list", "--after-id", "a", "--before-id", "b"], "--after-id or --before-id, not both"),
        (["list", "--after-id", ""], "--after-id must be the id of a model"),
        (["list", "--beta", "a,b"], "--beta must be words of ASCII characters without commas"),
        (["list", "--base-url", "http://example.com"], "--base-url 'http://example.com' would"),
        (["list", "--base-url", "http://litellm:4000"], "--allow-insecure-http"),
        (["list", "--base-url", "ftp://x"], "--base-url must start with https://"),
        (
            ["list", "--base-url", "https://me:pw@x"],
            "--base-url must not hold a user name or password",
        ),
        (["list", "--base-url", "http://127.0.0.1", "--sandbox"], "--base-url or --sandbox"),
        (["list", f"--api-key={KEY}"], "No such option: --api-key"),
        (["list", "extra"], "unexpected extra argument"),
        (["lst"], "No such command 'lst'"),
        (["watch", "--interval", "0"], "'--interval': 0"),
        (["watch", "--interval", "nan"], "nan is not a number of seconds"),
        (["watch", "--interval", "inf"], "'--interval': inf"),
        (["watch", "--once"], "--once needs --state"),
    ],
)
def test_wrong_usage_is_reported_in_one_line(
    arguments: list[str], words: str, command: Command
) -> None:
    done = command(*arguments, ANTHROPIC_API_KEY=KEY)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "allow_insecure_http" not in done.stderr
    assert "api_key" not in done.stderr
    assert KEY not in done.stderr


def test_no_credential_is_wrong_usage_and_names_the_variable(command: Command) -> None:
    for name in ("list", "watch"):
        done = command(name)
        assert (done.returncode, done.stdout) == (2, "")
        assert "ANTHROPIC_API_KEY" in done.stderr
        assert "api_key=" not in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_no_command_is_wrong_usage_and_shows_the_help(command: Command) -> None:
    done = command()
    assert (done.returncode, done.stdout) == (2, "")
    assert "Commands:" in done.stderr


def test_an_error_of_the_api_is_reported_in_one_line_with_the_request_id(
    scripted: Scripted, command: Command
) -> None:
    server = scripted(error(401, "authentication_error", f"bad\n\x1b[31mkey {KEY}"))
    done = command("list", base_url=server.base_url)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "anthropic-models: 401 authentication_error: bad\\n\\x1b[31mkey <secret> "
        "(request id req_body, retry after 0 s)\n"
    )


def test_an_interrupted_listing_reports_how_to_resume(
    scripted: Scripted, command: Command
) -> None:
    server = scripted(answer(page("a", "b c", has_more=True)), error(403, "permission_error"))
    done = command("list", "--format", "id", "--max-items", "5", base_url=server.base_url)
    assert (done.returncode, done.stdout) == (1, "a\nb c\n")
    assert done.stderr.endswith("; resume with --after-id 'b c' --max-items 3\n")
    assert len(done.stderr.splitlines()) == 1


def test_an_interrupted_listing_of_matches_counts_the_matches(
    scripted: Scripted, command: Command
) -> None:
    server = scripted(answer(page("a", "b", has_more=True)), error(403, "permission_error"))
    arguments = ("list", "--format", "id", "--match", "a", "--max-items", "5")
    done = command(*arguments, base_url=server.base_url)
    assert done.stdout == "a\n"
    assert done.stderr.endswith("; resume with --after-id b --max-items 4\n")


def test_an_interrupted_listing_without_a_cap_reports_the_cursor(
    scripted: Scripted, command: Command
) -> None:
    server = scripted(answer(page("a", has_more=True)), error(403, "permission_error"))
    done = command("list", "--format", "table", base_url=server.base_url)
    assert done.returncode == 1
    assert done.stdout.splitlines()[1].startswith("a ")  # what came is shown
    assert done.stderr.endswith("; resume with --after-id a\n")


def test_a_table_without_models_is_not_shown_when_the_listing_breaks_off(
    scripted: Scripted, command: Command
) -> None:
    server = scripted(answer(page("a", has_more=True)), error(403, "permission_error"))
    listing = ("list", "--format", "table", "--match", "other")
    done = command(*listing, base_url=server.base_url)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("; resume with --after-id a\n")


def test_an_array_stays_open_when_the_listing_breaks_off(
    scripted: Scripted, command: Command
) -> None:
    server = scripted(answer(page("a", has_more=True)), error(403, "permission_error"))
    done = command("list", "--format", "json", base_url=server.base_url)
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(done.stdout)


def test_a_listing_that_fails_at_once_advises_nothing(
    scripted: Scripted, command: Command
) -> None:
    server = scripted(error(404, "not_found_error"))
    done = command("list", "--after-id", "gone", base_url=server.base_url)
    assert done.returncode == 1
    assert "resume" not in done.stderr


def test_plain_http_to_another_machine_can_be_allowed(command: Command) -> None:
    there = ("list", "--base-url", "http://litellm.invalid:4000", "--allow-insecure-http")
    done = command(*there, ANTHROPIC_API_KEY=KEY)
    assert done.returncode == 1
    assert "could not connect" in done.stderr


def test_a_setting_of_the_environment_that_is_wrong_is_named(command: Command) -> None:
    done = command("list", ANTHROPIC_API_KEY=KEY, ANTHROPIC_BASE_URL="ftp://x")
    assert done.returncode == 2
    assert "ANTHROPIC_BASE_URL must start with https://" in done.stderr


def test_a_failed_connection_is_reported_in_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANTHROPIC_API_KEY", KEY)
        code = main(["list", "--base-url", "http://127.0.0.1:9"])
    out, err = capfd.readouterr()
    assert (code, out) == (1, "")
    assert err.startswith("anthropic-models: could not connect to ")
    assert len(err.splitlines()) == 1


def test_an_unexpected_exception_is_reported_in_one_line(
    sandbox: Sandbox, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)

    def defect(*_arguments: object) -> str:
        raise ZeroDivisionError("by a defect")

    monkeypatch.setattr("anthropic_models.cli.formats.as_json", defect)
    assert main(["list", "--format", "json", "--base-url", sandbox.base_url]) == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("anthropic-models: unexpected ZeroDivisionError: ")
    assert len(err.splitlines()) == 1


def test_the_arguments_of_the_process_count_when_there_are_no_others(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["anthropic-models", "--version"])
    assert main() == 0
    assert capfd.readouterr().out.startswith("anthropic-models ")


@pytest.mark.parametrize(
    ("missing", "arguments", "extra"),
    [("typer", ["list", "--help"], "[cli]"), ("yaml", ["list", "--sandbox"], "[sandbox]")],
)
def test_without_its_extra_it_reports_what_to_install(
    missing: str, arguments: list[str], extra: str, tmp_path: Path
) -> None:
    # A package of that name that is not there, as far as an import can tell.
    absent = f"raise ModuleNotFoundError('no', name={missing!r})"
    (tmp_path / f"{missing}.py").write_text(absent)
    done = piped(*arguments, PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert missing in done.stderr
    assert f"pip install 'anthropic-models-client{extra}'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


# --- how it ends


@pytest.mark.parametrize("format_", ["table", "json", "jsonl", "csv", "id"])
def test_a_closed_pipe_ends_it_quietly(format_: str, sandbox: Sandbox) -> None:
    sandbox.models[:] = made_up_models(2000)  # more than a pipe takes at once
    with started("list", "--format", format_, base_url=sandbox.base_url) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 0


def test_no_further_page_is_requested_after_the_pipe_is_closed(scripted: Scripted) -> None:
    go_on = threading.Event()
    server = scripted(when(go_on, answer(page("a", has_more=True))), answer(page("b")))
    with started("list", base_url=server.base_url) as process:
        assert process.stdout
        server.arrived.acquire(timeout=60)
        process.stdout.close()
        go_on.set()
        assert process.wait(60) == 0
    assert len(server.requests) == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_and_sigterm_end_it_quietly(
    number: signal.Signals, code: int, scripted: Scripted
) -> None:
    server = scripted(answer(page("a", has_more=True)), silence_after())
    with started("list", "--format", "id", base_url=server.base_url) as process:
        server.arrived.acquire(timeout=60)
        server.arrived.acquire(timeout=60)
        process.send_signal(number)
        assert process.communicate(timeout=60) == ("a\n", "")
        assert process.returncode == code


def test_ctrl_c_shows_no_half_table(scripted: Scripted) -> None:
    server = scripted(answer(page("a", has_more=True)), silence_after())
    with started("list", "--format", "table", base_url=server.base_url) as process:
        server.arrived.acquire(timeout=60)
        server.arrived.acquire(timeout=60)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=60) == ("", "")


def test_a_background_job_goes_on_ignoring_ctrl_c(scripted: Scripted) -> None:
    go_on = threading.Event()
    server = scripted(when(go_on, answer(page("a"))))
    ignoring = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    command = [sys.executable, "-c", ignoring + "os.execv(sys.argv[1], sys.argv[1:])", PROGRAM]
    with subprocess.Popen(
        [*command, "list", "--format", "id"],
        env=environment(server.base_url),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        server.arrived.acquire(timeout=60)
        process.send_signal(signal.SIGINT)
        go_on.set()
        assert process.communicate(timeout=60)[0] == "a\n"
        assert process.returncode == 0


needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")


@needs_full
def test_a_full_disk_is_reported_in_one_line(sandbox: Sandbox) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [PROGRAM, "list"],
            env=environment(sandbox.base_url),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr == "anthropic-models: cannot write the output: No space left on device\n"


@needs_full
@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["list", "--limit", "0"], 2), (["list"], 2), (["list", "--base-url", "http://[::1]:9"], 1)],
)
def test_an_error_that_cannot_be_written_has_its_exit_code(
    arguments: list[str], code: int
) -> None:
    key = {"ANTHROPIC_API_KEY": KEY} if code == 1 else {}
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [PROGRAM, *arguments],
            env=environment(**key),
            stdout=subprocess.PIPE,
            stderr=full,
            timeout=60,
        )
    assert (done.returncode, done.stdout) == (code, b"")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["betas"]], ids=" ".join)
def test_help_in_a_closed_pipe_ends_it_quietly(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        done = subprocess.run(
            [PROGRAM, *arguments],
            env=environment(),
            stdout=pipe,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_ctrl_c_while_python_still_imports_ends_it_quietly(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt")
    done = piped("list", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize("format_", ["table", "jsonl"])
def test_output_may_be_redirected_within_python(
    format_: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with redirect_stdout(io.StringIO()) as output:  # it has neither reconfigure nor a descriptor
        assert main(["list", "--format", format_, "--base-url", sandbox.base_url]) == 0
    assert sandbox.models[-1]["id"] in output.getvalue()


@pytest.mark.parametrize("command", ["list", "watch"])
def test_a_closed_standard_output_is_reported_in_one_line(command: str, sandbox: Sandbox) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" {command} >&-', PROGRAM],
        env=environment(sandbox.base_url),
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr == "anthropic-models: standard output is closed\n"


def test_an_error_does_not_go_among_the_output_when_there_is_no_stderr(
    scripted: Scripted, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = scripted(error(404, "not_found_error"))
    monkeypatch.setattr(sys, "stderr", None)
    done = command("list", base_url=server.base_url)
    assert (done.returncode, done.stdout) == (1, "")


# --- what it costs, and what it says


def test_listing_ids_loads_nothing_that_it_does_not_need(sandbox: Sandbox, tmp_path: Path) -> None:
    # Where click is installed, httpx loads it, and rich, for a command line of its own.
    (tmp_path / "click.py").write_text("raise ImportError")
    done = piped(
        *("list", "--format", "id"),
        base_url=sandbox.base_url,
        PYTHONPATH=str(tmp_path),
        PYTHONPROFILEIMPORTTIME="1",
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert {"httpx", "typer", "anthropic_models.cli.list"} <= loaded
    for unneeded in ("pygments", "rich", "yaml"):
        assert not [name for name in loaded if name.partition(".")[0] == unneeded]
    own = {name for name in loaded if name.startswith("anthropic_models.")}
    assert not own & {f"anthropic_models.{name}" for name in ("sandbox", "cli.table", "cli.watch")}


HELP = [[], ["list"], ["watch"], ["betas"], ["sandbox"]]


@pytest.mark.parametrize("words", HELP, ids=" ".join)
def test_the_help_fits_one_screen_and_has_an_example(words: list[str], command: Command) -> None:
    done = command(*words, "--help", COLUMNS="80")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert "..." not in done.stdout.replace("[ARGS]...", "")
    examples = [line for line in lines if line.startswith("  Example: anthropic-models ")]
    assert len(examples) == 1
