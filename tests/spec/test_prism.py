"""A mock from the specification alone: Prism on the portable edition responds as documented."""

import json
import re
import shutil
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from anthropic_models import APIStatusError, Client, NotFoundError, OverloadedError
from anthropic_models.sandbox import Sandbox

from generator.documents import to_yaml
from generator.overlays import portable_edition
from sharing import node
from tests.support.projects import ROOT


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prism") / "openapi.portable.yaml"
    path.write_text(to_yaml(portable_edition(ROOT / "openapi.yaml", ROOT / "overlays")), "utf-8")
    return path


@contextmanager
def prism(*arguments: str) -> Generator[str]:
    """Run Prism on a free port until the block ends; return its address."""
    program = node.ENVIRONMENT / "node_modules" / ".bin" / "prism"
    with subprocess.Popen(
        [str(program), *arguments, "--port", "0"],
        env=node.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        assert running.stdout is not None
        said = ""
        try:
            while not (address := re.search(r"listening on (\S+)", said)):
                line = running.stdout.readline()
                assert line, said
                said += line
            yield address[1]
        finally:
            running.terminate()


@pytest.fixture(scope="module")
def mock(edition: Path) -> Iterator[str]:
    with prism("mock", str(edition)) as address:
        yield address


def shown() -> list[tuple[str, str]]:
    """The curl commands of the document, each with the response printed below it."""
    text = (ROOT / "docs" / "sharing-the-spec.md").read_text("utf-8")
    return re.findall(r"```sh\n(curl .*?)```\n```json\n(.*?)```", text, re.S)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_a_curl_command_of_the_documents_prints_what_they_say(mock: str) -> None:
    assert len(shown()) >= 4
    for command, printed in shown():
        there = command.replace("http://127.0.0.1:4010", mock)
        assert there != command
        done = subprocess.run(["sh", "-c", there], capture_output=True, check=True)
        assert json.loads(done.stdout) == json.loads(printed)


def test_the_wrapper_reads_the_mock(mock: str) -> None:
    with Client(base_url=mock, api_key="any", max_retries=0) as client:
        page = client.models.list(betas=["context-1m-2025-08-07", "not-yet-known-2027-01-01"])
        assert [model.id for model in page.data] == [
            "claude-opus-4-1-20250805",
            "claude-sonnet-4-20250514",
        ]
        with pytest.raises(OverloadedError):
            client.models.list(extra_headers={"Prefer": "code=529"})


def test_what_wrapper_and_sandbox_say_to_each_other_is_as_documented_or_does_not_pass(
    edition: Path, sandbox: Sandbox
) -> None:
    with (
        prism("proxy", "--errors", str(edition), sandbox.base_url) as address,
        Client(base_url=address, api_key="any", max_retries=0) as client,
    ):
        betas = ["context-1m-2025-08-07", "not-yet-known-2027-01-01"]
        walked = [model.id for model in client.models.list(limit=10, betas=betas)]
        assert walked == [model["id"] for model in sandbox.models]
        newer = [model.id for model in client.models.list(before_id=walked[30], limit=7)]
        assert newer == walked[29::-1]
        with pytest.raises(NotFoundError):
            client.models.list(after_id="no-such-model")
        sandbox.models[0]["type"] = "ai_model"
        with pytest.raises(APIStatusError) as caught:
            client.models.list()
        assert "data.0.type must be equal to constant" in str(caught.value.body)
        sandbox.models.clear()
        assert list(client.models.list()) == []
