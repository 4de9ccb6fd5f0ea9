"""`anthropic-models list` for people: on a pseudo-terminal."""

import signal
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import anthropic_models.cli.progress
import pytest
from anthropic_models import BetaModelInfo
from anthropic_models.cli import main
from anthropic_models.cli.dates import age, today
from anthropic_models.cli.formats import FORMATS
from anthropic_models.cli.progress import Progress
from anthropic_models.cli.table import AGE, ID, NAME, RELEASED, Column, fit_columns
from anthropic_models.sandbox import Sandbox, well_known_models

from tests.support.scripted_server import Scripted, error, model, page, respond, when
from tests.support.sync_and_async import KEY
from tests.support.terminal import NOW, Terminal, table


@pytest.fixture
def well_known(sandbox: Sandbox) -> Sandbox:
    sandbox.models[:] = well_known_models()
    return sandbox


def serving(scripted: Scripted, *models: dict[str, Any]) -> str:
    listed = page(*(m["id"] for m in models)) | {"data": list(models)}
    return scripted(respond(listed)).base_url


def test_a_terminal_gets_a_table_with_dates_that_people_can_read(well_known: Sandbox) -> None:
    terminal = table(well_known.base_url, variables=NOW)
    assert terminal.lines[:3] == [
        "id                          name                     released",
        "claude-opus-4-5-20251101    Claude Opus 4.5          2025-11-24  5 weeks ago",
        "claude-haiku-4-5-20251001   Claude Haiku 4.5         2025-10-15  2 months ago",
    ]
    assert len(terminal.lines) == 13
    assert "\x1b[" in terminal.text, "with colours"


def test_a_date_that_is_not_known_shows_as_unknown(scripted: Scripted) -> None:
    epochs = ("1970-01-01T00:00:00Z", "1969-12-31T19:00:00-05:00", "0001-01-01T00:00:00+02:00")
    base_url = serving(scripted, *(model(f"m{i}", created_at=e) for i, e in enumerate(epochs)))
    terminal = table(base_url)
    assert [line.split()[2:] for line in terminal.lines[1:]] == [["unknown"]] * 3


@pytest.mark.parametrize("columns", [45, 26])
def test_no_line_is_wider_than_the_terminal_and_no_id_is_cut(
    well_known: Sandbox, columns: int
) -> None:
    terminal = table(well_known.base_url, columns=columns)
    assert max(map(len, terminal.lines)) <= columns
    assert [line.split()[0] for line in terminal.lines[1:]] == [m["id"] for m in well_known.models]


def test_an_id_that_is_wider_than_the_terminal_stays_whole_and_no_color_is_obeyed(
    well_known: Sandbox,
) -> None:
    terminal = table(well_known.base_url, columns=20, variables={"NO_COLOR": "1"})
    assert terminal.lines == ["id", *(m["id"] for m in well_known.models)]
    assert "\x1b" not in terminal.text


@pytest.mark.parametrize(
    ("available", "kept"),
    [
        (60, {ID: 20, NAME: 16, RELEASED: 10, AGE: 8}),
        (59, {ID: 20, NAME: 16, RELEASED: 10}),
        (50, {ID: 20, NAME: 16, RELEASED: 10}),
        (49, {ID: 20, NAME: 15, RELEASED: 10}),
        (46, {ID: 20, NAME: 12, RELEASED: 10}),
        (45, {ID: 20, RELEASED: 10}),
        (32, {ID: 20, RELEASED: 10}),
        (31, {ID: 20}),
        (1, {ID: 20}),
    ],
)
def test_the_least_important_column_is_left_out_first(
    available: int, kept: dict[Column, int]
) -> None:
    assert fit_columns({ID: 20, NAME: 16, RELEASED: 10, AGE: 8}, available) == kept


def test_wide_characters_count_twice(scripted: Scripted) -> None:
    base_url = serving(scripted, model("a", display_name="模型" * 10), model("b"))
    terminal = table(base_url, columns=30)
    assert terminal.lines[1].split() == ["a", "模型模型模型", "…", "2025-05-14"]


def test_control_characters_of_the_api_do_not_reach_the_terminal(scripted: Scripted) -> None:
    evil = "\x1b]0;gotcha\x07\x9b31m\u202egnp\r[bold]:smile:"
    content = model(f"id{evil}", display_name=f"name{evil}")
    texts = [table(serving(scripted, content), columns=200).text.replace("\r\n", "\n")]
    for format_ in FORMATS.values():
        texts.append("".join(format_([[BetaModelInfo.from_dict(content)]], True)))
    for shown in texts:
        assert not [
            obeyed for obeyed in ("\x1b]", "\x07", "\x9b", "\u202e", "\r") if obeyed in shown
        ]
        assert "[bold]:smile:" in shown


@pytest.mark.parametrize(
    ("released", "words"),
    [
        ("2026-11-23", "today"),
        ("2026-11-22", "yesterday"),
        ("2026-11-21", "2 days ago"),
        ("2026-11-10", "13 days ago"),
        ("2026-11-09", "2 weeks ago"),
        ("2026-09-24", "8 weeks ago"),
        ("2026-09-23", "2 months ago"),
        ("2025-11-24", "11 months ago"),
        ("2024-11-24", "23 months ago"),
        ("2024-11-23", "2 years ago"),
        ("2020-01-01", "6 years ago"),
        ("2026-11-24", "tomorrow"),
        ("2026-11-26", "in 3 days"),
        ("2027-03-23", "in 4 months"),
    ],
)
def test_an_age_is_in_the_largest_unit_of_which_there_are_two(released: str, words: str) -> None:
    assert age(date.fromisoformat(released), date(2026, 11, 23)) == words


@pytest.mark.parametrize(
    ("given", "is_used"),
    [("1767225600", True), ("", False), ("soon", False), ("9" * 15, False), ("9" * 5000, False)],
)
def test_a_date_that_is_none_is_not_used(
    given: str, is_used: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", given)
    assert (today() == date(2026, 1, 1)) is is_used


# --- waiting


@pytest.fixture
def go_on() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize("format_", ["table", "id"])
def test_a_slow_listing_shows_its_progress_which_goes_before_models_and_errors_are_written(
    format_: str, scripted: Scripted, go_on: threading.Event
) -> None:
    then = threading.Event()
    server = scripted(
        when(go_on, respond(page("a", "b", has_more=True))),
        when(then, error(401, "authentication_error")),
    )
    with Terminal("list", "--format", format_, base_url=server.base_url) as terminal:
        terminal.until("listing models")
        go_on.set()
        terminal.until("2 models, page 1")
        then.set()
        assert terminal.end() == 1
    # The spinner is gone: its line is cleared, and the cursor is back.
    assert "\x1b[2K" in terminal.text.rpartition("page ")[2]
    assert terminal.text.count("\x1b[?25l") == terminal.text.count("\x1b[?25h")
    assert (format_ == "id") == ("\x1b[2Ka\r\nb\r\n" in terminal.text)
    assert terminal.lines[-1].endswith("; resume with --after-id b")


def test_output_to_a_file_is_not_written_to_the_terminal_of_the_spinner(
    scripted: Scripted, go_on: threading.Event, tmp_path: Path
) -> None:
    server = scripted(respond(page("first", has_more=True)), when(go_on, respond(page("second"))))
    arguments = ("list", "--format", "id")
    with (
        open(tmp_path / "out", "w") as file,
        Terminal(*arguments, base_url=server.base_url, stdout=file) as terminal,
    ):
        terminal.until("1 model, page 1")
        go_on.set()
        assert terminal.end() == 0
    assert (tmp_path / "out").read_text() == "first\nsecond\n"
    assert "second" not in terminal.text


def test_ctrl_c_takes_the_spinner_away(scripted: Scripted, go_on: threading.Event) -> None:
    server = scripted(when(go_on, respond(page("a"))))
    with Terminal("list", base_url=server.base_url) as terminal:
        terminal.until("listing models")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 130
    assert terminal.text.rindex("\x1b[?25h") > terminal.text.rindex("\x1b[?25l")
    assert "Traceback" not in terminal.text


def test_a_pipe_gets_no_spinner(
    scripted: Scripted,
    go_on: threading.Event,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[Progress] = []
    monkeypatch.setattr(Progress, "_show", shown.append)
    monkeypatch.setattr(anthropic_models.cli.progress, "DELAY", 0)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    server = scripted(when(go_on, respond(page("a", has_more=True))), respond(page("b")))
    threading.Timer(0.1, go_on.set).start()
    assert main(["list", "--format", "table", "--base-url", server.base_url]) == 0
    assert capfd.readouterr().err == ""
    assert shown == []
