"""The sessions in docs/command-line.md print what is shown."""

import os
import re
import runpy
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from anthropic_models.sandbox import Sandbox, well_known_models

from tests.support.projects import ROOT
from tests.support.scripted_server import model
from tests.support.terminal import NOW, PROGRAM, Command, Terminal

DOCUMENT = ROOT / "docs/command-line.md"
VARIABLES = {"PATH": f"{Path(PROGRAM).parent}:{os.environ['PATH']}", **NOW}


def sessions() -> Iterator[tuple[str, str]]:
    """Yield each command with the output that is shown for it."""
    for block in re.findall(r"^```console\n(.*?)^```", DOCUMENT.read_text("utf-8"), re.M | re.S):
        for session in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = session.partition("\n")
            yield command, output


def commands_with(words: str) -> list[str]:
    return re.findall(rf"^(anthropic-models {words}.*)$", DOCUMENT.read_text("utf-8"), re.M)


def in_a_shell(command: str, sandbox: Sandbox, folder: Path) -> Terminal:
    """Start a command of the document as somebody who has copied it."""
    words = ["bash", "-c", f"cd '{folder}' && {command}"]
    return Terminal(command=words, base_url=sandbox.base_url, variables=VARIABLES, columns=200)


@pytest.mark.parametrize(("command", "output"), list(sessions()))
def test_the_session_prints_what_is_shown(
    command: str, output: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.models = well_known_models()
    with in_a_shell(command, sandbox, tmp_path) as terminal:
        assert terminal.end() == 0
    assert "".join(f"{line}\n" for line in terminal.lines) == output


def test_the_watch_of_the_document_hands_a_new_model_to_its_command(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    (command,) = commands_with("watch --state")
    with in_a_shell(f"exec {command}", sandbox, tmp_path) as terminal:
        terminal.until("Ctrl-C ends it")
        moment = threading.Event()
        seen = tmp_path / "seen.json"
        while not (seen.exists() and seen.read_text()):
            moment.wait(0.01)
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 130
    sandbox.models.insert(0, model("new"))
    with in_a_shell(f"exec {command} --once", sandbox, tmp_path) as terminal:
        assert terminal.end() == 0
    assert terminal.lines[0].startswith("new  New  released 2025-05-14")
    assert (tmp_path / "new-models.jsonl").read_text().startswith('{"id": "new"')


def test_the_sandbox_of_the_document_serves_the_listing_of_the_document(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    (serve,) = commands_with("sandbox --port")
    (ask,) = commands_with("list --format id --max-items 1")
    # Any free port: the one of the document may be taken here.
    serve = serve.replace("--port 8765", "--port 0")
    with in_a_shell(f"exec {serve}", sandbox, tmp_path) as server:
        server.until("Ctrl-C ends it")
        other = in_a_shell(f"ANTHROPIC_BASE_URL={server.lines[0]} {ask}", sandbox, tmp_path)
        with other as terminal:
            assert terminal.end() == 0
        assert "made-up-model-" in terminal.text
        server.until("=1 200")
        server.process.send_signal(signal.SIGINT)
        assert server.end() == 0
    _address, advice, *requests = server.lines
    assert advice == "any ANTHROPIC_API_KEY is accepted; Ctrl-C ends it"
    assert [line.split()[-1] for line in requests] == ["529", "529", "200"]


def test_the_picture_of_the_list_shows_what_the_command_prints() -> None:
    # `make pictures` draws it anew; that of the sandbox needs a port of its own.
    pictures = DOCUMENT.parent / "pictures"
    program = runpy.run_path(str(pictures / "remake.py"))
    assert program["listing"]() == (pictures / "list.svg").read_text("utf-8")


def test_the_pictures_refer_to_nothing_outside() -> None:
    for picture in (DOCUMENT.parent / "pictures").glob("*.svg"):
        text = picture.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        shown = re.sub(r">[^<]*<", "><", text)
        assert not re.findall("//|@import|@font-face", shown), picture


def test_every_option_is_in_the_document(command: Command) -> None:
    text = DOCUMENT.read_text("utf-8")
    for name in ("list", "watch", "sandbox"):
        section = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        done = command(name, "--help", COLUMNS="80")
        options = re.findall(r"^  (?:-h, )?(--[a-z-]+)", done.stdout, re.M)
        assert len(options) > 5
        assert [o for o in options if o not in section] == ["--help"]
