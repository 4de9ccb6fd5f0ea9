"""The sessions in docs/command-line.md print what is shown."""

import io
import re
import runpy
import shlex
import signal
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from anthropic_models.sandbox import Sandbox, well_known_models

from tests.support.projects import ROOT
from tests.support.scripted_server import model
from tests.support.terminal import NOW, Command, Screen, plain, started

DOCUMENT = ROOT / "docs/command-line.md"
TEXT = DOCUMENT.read_text("utf-8")


def sessions() -> Iterator[tuple[str, str]]:
    """Yield each command with the output that is shown for it."""
    for block in re.findall(r"^```console\n(.*?)^```", TEXT, re.M | re.S):
        for session in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = session.partition("\n")
            yield command, output


def command_with(words: str) -> str:
    (found,) = re.findall(rf"^(anthropic-models {words}.*)$", TEXT, re.M)
    return str(found)


@pytest.mark.parametrize(("line", "output"), list(sessions()))
def test_the_session_prints_what_is_shown(
    line: str,
    output: str,
    sandbox: Sandbox,
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    sandbox.models = well_known_models()
    words, _, head = line.partition(" | head -")
    _, *arguments = shlex.split(words, comments=True)
    with redirect_stdout(io.StringIO() if head else Screen()) as shown:
        done = command(*arguments, base_url=sandbox.base_url, COLUMNS="200", **NOW)
    assert (done.returncode, done.stderr) == (0, "")
    assert plain(shown.getvalue())[: int(head or 100)] == output.splitlines()


def test_the_watch_of_the_document_hands_a_new_model_to_its_command(
    sandbox: Sandbox, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _, *words = shlex.split(command_with("watch --state"))
    assert command(*words, "--once", base_url=sandbox.base_url).stdout == ""
    sandbox.models.insert(0, model("new"))
    command(*words, "--once", base_url=sandbox.base_url)
    assert (tmp_path / "new-models.jsonl").read_text().startswith('{"id": "new"')


def test_the_sandbox_of_the_document_serves_the_listing_of_the_document(command: Command) -> None:
    _, *ask = shlex.split(command_with("list --format id --max-items 1"))
    # Any free port: the one of the document may be taken here.
    _, *serve = shlex.split(command_with("sandbox --port").replace("--port 8765", "--port 0"))
    with started(*serve) as server:
        listed = command(*ask, base_url=server.line().strip())
        code, _, requests = server.ended(signal.SIGINT)
    assert listed.stdout == "made-up-model-003000\n"
    assert code == 0
    assert [line.split()[-1] for line in requests.splitlines()] == ["529", "529", "200"]


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
    for name in ("list", "watch", "sandbox"):
        section = TEXT.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        done = command(name, "--help", COLUMNS="80")
        options = re.findall(r"^  (?:-h, )?(--[a-z-]+)", done.stdout, re.M)
        assert len(options) > 5
        assert [o for o in options if o not in section] == ["--help"]
