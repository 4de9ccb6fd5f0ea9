"""docs/adding-an-operation.md: what it adds to the document works with no line of the wrapper."""

import copy
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml
from anthropic_models import openapi_path

from generator.documents import read_yaml
from tests.support.evolution import later_project, merged
from tests.support.projects import ROOT
from tests.support.scripted_server import Scripted, error, respond

PAGE = (ROOT / "docs" / "adding-an-operation.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


def notes(*ids: str, has_more: bool) -> dict[str, Any]:
    data = [{"id": id_, "text": f"Text of {id_}"} for id_ in ids]
    return {"data": data, "has_more": has_more, "first_id": ids[0], "last_id": ids[-1]}


def test_the_page_on_adding_an_operation_does_what_it_says(
    tmp_path: Path,
    scripted: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    document = copy.deepcopy(read_yaml(openapi_path()))
    for block in blocks("yaml"):
        merged(document, yaml.safe_load(block))
    server = scripted(
        error(529, "overloaded_error"),
        respond(notes("a", "b", has_more=True)),
        respond(notes("c", has_more=True)),
        error(503, "api_error"),
        respond(notes("d", has_more=False)),
    )
    monkeypatch.setenv("ANTHROPIC_API_KEY", "any")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.base_url)
    (program,) = blocks("py")
    (tmp_path / "use.py").write_text(program, "utf-8")
    with later_project(tmp_path / "project", document):
        runpy.run_path(str(tmp_path / "use.py"))
    shown = capsys.readouterr().out.splitlines()
    assert shown == ["a Text of a", "b Text of b", "c Text of c", "Text of d"]
    assert [request.target for request in server.requests] == [
        "/v1/example_notes?limit=3",
        "/v1/example_notes?limit=3",
        "/v1/example_notes?after_id=b&limit=1",
        "/v1/example_notes?limit=1",
        "/v1/example_notes?limit=1",
    ]
    betas = {request.headers["anthropic-beta"] for request in server.requests}
    assert betas == {"notes-2027-01-01"}
