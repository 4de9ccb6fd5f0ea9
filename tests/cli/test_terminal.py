"""`anthropic-models list` for people: a table, and a spinner while they wait."""

import signal
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from anthropic_models import BetaModelInfo
from anthropic_models.cli import signals
from anthropic_models.cli.dates import age, today
from anthropic_models.cli.formats import FORMATS
from anthropic_models.cli.progress import Progress
from anthropic_models.cli.signals import SignalError
from anthropic_models.cli.table import AGE, ID, NAME, RELEASED, Column, fit_columns
from anthropic_models.sandbox import well_known_models

from tests.support.scripted_server import Scripted, model, page, respond, when
from tests.support.terminal import NOW, Command, Screen, Terminal, plain

WELL_KNOWN = well_known_models()
Show = Callable[..., str]


@pytest.fixture
def table(scripted: Scripted, command: Command) -> Show:
    """List models on a terminal of so many columns; return what that receives."""

    def show(*models: dict[str, Any], columns: int = 100, **variables: str) -> str:
        base_url = scripted(respond(page(*models))).base_url
        fixed = NOW | {"COLUMNS": f"{columns}"} | variables
        with redirect_stdout(Screen()) as screen:
            done = command("list", base_url=base_url, **fixed)
        assert (done.returncode, done.stderr) == (0, "")
        return screen.getvalue()

    return show


def test_a_terminal_gets_a_table_with_dates_that_people_can_read(table: Show) -> None:
    shown = table(*WELL_KNOWN)
    assert plain(shown)[:3] == [
        "id                          name                     released",
        "claude-opus-4-5-20251101    Claude Opus 4.5          2025-11-24  5 weeks ago",
        "claude-haiku-4-5-20251001   Claude Haiku 4.5         2025-10-15  2 months ago",
    ]
    assert len(plain(shown)) == 13
    assert "\x1b[" in shown, "with colours"


def test_a_date_that_is_not_known_shows_as_unknown(table: Show) -> None:
    epochs = ("1970-01-01T00:00:00Z", "1969-12-31T19:00:00-05:00", "0001-01-01T00:00:00+02:00")
    shown = table(*(model("a", created_at=epoch) for epoch in epochs))
    assert [line.split()[2:] for line in plain(shown)[1:]] == [["unknown"]] * 3


@pytest.mark.parametrize("columns", [45, 26, 20])
def test_no_line_is_wider_than_the_terminal_and_no_id_is_cut(table: Show, columns: int) -> None:
    ids = [m["id"] for m in WELL_KNOWN]
    shown = table(*WELL_KNOWN, columns=columns, NO_COLOR="1")
    heading, *lines = shown.splitlines()
    assert [line.split()[0] for line in lines] == ids
    assert max(map(len, [heading, *lines])) <= max(columns, *map(len, ids))
    assert "\x1b" not in shown, "NO_COLOR is obeyed"


@pytest.mark.parametrize(
    ("available", "kept"),
    [
        (60, {ID: 20, NAME: 16, RELEASED: 10, AGE: 8}),
        (59, {ID: 20, NAME: 16, RELEASED: 10}),
        (46, {ID: 20, NAME: 12, RELEASED: 10}),
        (45, {ID: 20, RELEASED: 10}),
        (31, {ID: 20}),
    ],
)
def test_the_least_important_column_is_left_out_first(
    available: int, kept: dict[Column, int]
) -> None:
    assert fit_columns({ID: 20, NAME: 16, RELEASED: 10, AGE: 8}, available) == kept


def test_wide_characters_count_twice(table: Show) -> None:
    shown = table(model("a", display_name="模型" * 10), model("b"), columns=30)
    assert plain(shown)[1].split() == ["a", "模型模型模型", "…", "2025-05-14"]
    assert "模型" * 10 in table(model("a", display_name="模型" * 10))


def test_control_characters_of_the_api_do_not_reach_the_terminal(table: Show) -> None:
    evil = "\x1b]0;gotcha\x07\x9b31m\u202egnp\r[bold]:smile:"
    content = model(f"id{evil}", display_name=f"name{evil}")
    texts = [table(content, columns=200)]
    for format_ in FORMATS.values():
        texts.append("".join(format_([[BetaModelInfo.from_dict(content)]], True)))
    for shown in texts:
        assert not [each for each in ("\x1b]", "\x07", "\x9b", "\u202e", "\r") if each in shown]
        assert "[bold]:smile:" in shown


@pytest.mark.parametrize(
    ("released", "words"),
    [
        ("2026-11-23", "today"),
        ("2026-11-22", "yesterday"),
        ("2026-11-10", "13 days ago"),
        ("2026-11-09", "2 weeks ago"),
        ("2026-09-24", "8 weeks ago"),
        ("2026-09-23", "2 months ago"),
        ("2024-11-24", "23 months ago"),
        ("2024-11-23", "2 years ago"),
        ("2026-11-24", "tomorrow"),
        ("2026-11-26", "in 3 days"),
        ("2027-03-23", "in 4 months"),
    ],
)
def test_an_age_is_in_the_largest_unit_of_which_there_are_two(released: str, words: str) -> None:
    assert age(date.fromisoformat(released), date(2026, 11, 23)) == words


def test_a_date_that_is_none_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    assert today() == date(2026, 1, 1)
    for wrong in ("", "soon", "9" * 15, "9" * 30, "9" * 5000):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", wrong)
        assert today() > date(2026, 1, 1)


# --- waiting


def test_a_spinner_shows_the_progress_and_goes_before_models_are_written_and_at_ctrl_c(
    scripted: Scripted,
) -> None:
    go_on, never = threading.Event(), threading.Event()
    first = respond(page("a", "b", has_more=True))
    server = scripted(when(go_on, first), when(never, first))
    with Terminal("list", "--format", "id", base_url=server.base_url) as terminal:
        terminal.until("listing models")
        go_on.set()
        terminal.until("2 models, page 1")
        server.wait_for(2)  # so the models are written
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 130
    # The spinner is gone: its line is cleared, and the cursor is back.
    assert "\x1b[2Ka\r\nb\r\n" in terminal.text
    assert "\x1b[2K" in terminal.text.rpartition("page ")[2]
    assert terminal.text.count("\x1b[?25l") == terminal.text.count("\x1b[?25h")
    assert "Traceback" not in terminal.text


@pytest.mark.parametrize("method", ["update", "stop", "start"])
def test_a_signal_waits_until_rich_has_changed_the_spinner(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed: list[str] = []

    def change(name: str) -> Callable[..., None]:
        def changing(*_: object) -> None:
            if name == method:
                signal.raise_signal(signal.SIGINT)
            changed.append(name)

        return changing

    progress = Progress()
    status = SimpleNamespace(**{name: change(name) for name in ("update", "stop", "start")})
    monkeypatch.setattr(progress, "_status", status)

    def listing() -> None:
        with signals.raised(), progress:
            progress.update(1, 1)
            with progress.paused():
                pass

    with pytest.raises(SignalError):
        listing()
    assert method in changed


def test_no_spinner_is_for_a_pipe_or_beside_logged_requests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def waits(progress: Progress) -> bool:
        before = threading.active_count()
        with progress:
            return threading.active_count() > before

    assert not waits(Progress())
    monkeypatch.setattr(sys, "stderr", Screen())
    assert not waits(Progress(enabled=False))
    assert waits(Progress())
