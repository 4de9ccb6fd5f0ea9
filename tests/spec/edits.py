"""Makes each edit of tests/spec/data/edits.yaml in openapi.yaml, alone, and regenerates.

python -m tests.spec.edits [TEXT ...]

An edit works, or is refused in one sentence with generated/ as it was. What works is given good
and bad responses, those of the table and some made at random; Python's jsonschema says which are
valid. At last mypy --strict checks all packages together. TEXT takes those edits whose names
have it.
"""

import argparse
import importlib
import inspect
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import httpx
import pytest
import yaml
from attrs import frozen

from generator import package_checks, regenerate
from generator.documents import Document, read_yaml, to_yaml
from tests.spec.differential import Cases, Reference, json_of, same
from tests.support.evolution import CHANGES, NOVEMBER, later_document, merged
from tests.support.projects import MYPY_CACHE, ROOT, imported_from, regeneration

TABLE = ROOT / "tests" / "spec" / "data" / "edits.yaml"
TEXT = (ROOT / "openapi.yaml").read_text("utf-8")
PACKAGE = regenerate.PACKAGE
CASES = 40
"""How many responses are made at random for an edit."""


@frozen
class Edit:
    """A row of the table."""

    kind: str
    name: str
    row: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


def edits() -> list[Edit]:
    """Return the rows of the table."""
    # In C, since it takes a second otherwise.
    table: dict[str, dict[str, Any]] = yaml.load(TABLE.read_text("utf-8"), yaml.CSafeLoader)
    rows = [_edit(kind, name, row) for kind, rows in table.items() for name, row in rows.items()]
    changes: list[tuple[str, ...]] = [(change,) for change in CHANGES]
    changes += [(*CHANGES,), (NOVEMBER,), (NOVEMBER, *CHANGES), (NOVEMBER, NOVEMBER)]
    return [*rows, *(Edit("evolution", " + ".join(each), {"works": True}) for each in changes)]


def _edit(kind: str, name: str, row: dict[str, Any]) -> Edit:
    """Return an edit; a field is one of a model that is called `probe`."""
    if kind != "fields":
        return Edit(kind, name, row)
    row = row | {"fields": {"probe": row["is"]}, "required": ["probe"] * ("required" in row)}
    for key in {"good", "bad"} & row.keys():
        row[key] = [{"probe": each} for each in row[key]]
    return Edit("models", name, row)


def edited(edit: Edit) -> str:
    """Return openapi.yaml with the edit made."""
    row = edit.row
    if edit.kind == "evolution":
        return to_yaml(later_document(*edit.name.split(" + ")))
    if "replace" in row:
        old, new = row["replace"]
        assert old == "WHOLE" or old in TEXT, f"openapi.yaml has no {old!r} to replace"
        return new if old == "WHOLE" else TEXT.replace(old, new)
    document: Document = yaml.safe_load(TEXT)
    schemas: Any = document["components"]["schemas"]
    match edit.kind:
        case "models":
            _add_fields(document, row)
        case "parameters":
            document["paths"]["/v1/models"]["get"]["parameters"].append(row["is"])
        case "bodies":
            name = row.get("as", "Probe")
            schemas[name] = row["is"]
            body = {"schema": {"$ref": f"#/components/schemas/{name}"}}
            response = {"description": "x", "content": {"application/json": body}}
            _add_operation(document, {"200": response})
        case "responses":
            _add_operation(document, row["is"])
        case _:
            merged(document, row.get("update", {}))
            for name in row.get("remove", ()):
                del document[name]
    schemas.update(row.get("with", {}))
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _add_operation(document: Document, responses: Any) -> None:
    operation = {"operationId": "get_probe", "tags": ["models"], "responses": responses}
    document["paths"]["/v1/probe"] = {"get": operation}


def _add_fields(document: Document, row: Any) -> None:
    fields, required = row["fields"], row.get("required", [])
    if "repeat" in fields:
        fields = {f"f{number}": {"type": "string"} for number in range(fields["repeat"])}
    schema = document["components"]["schemas"]["BetaModelInfo"]
    schema["properties"] |= fields
    schema["required"] += required
    for good in row.get("good", [])[:1]:
        for example in document["components"]["examples"].values():
            for listed in example["value"].get("data", ()):
                listed |= {name: good[name] for name in required}


def tried(edit: Edit, folder: Path) -> str | None:
    """Make an edit and regenerate, in this process; return what is wrong."""
    for name in ("overlays", "wrapper"):
        (folder / name).symlink_to(ROOT / name)
    config = read_yaml(ROOT / "generator-config.yml") | edit.row.get("config", {})
    (folder / "generator-config.yml").write_text(to_yaml(config), "utf-8")
    shutil.copytree(ROOT / "generated", folder / "generated")
    try:
        (folder / "openapi.yaml").write_text(edited(edit), "utf-8")
        code, said = _regenerated(folder)
        with imported_from(folder / "generated", folder / "wrapper"):
            if "refused" in edit.row:
                _check_refusal(edit, code, said, folder)
            else:
                assert not code, f"is refused: {said}".partition("\n")[0]
                _check_package(edit, read_yaml(folder / "openapi.yaml"))
    except AssertionError as error:
        return str(error)
    except (Exception, pytest.fail.Exception) as error:
        return f"{type(error).__name__}: {error}"
    return None


def _regenerated(folder: Path) -> tuple[int, str]:
    """Run `make regenerate` for the project in a folder; return its exit code and its stderr."""
    with (
        regeneration(folder),
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(StringIO()),
        redirect_stderr(StringIO()) as said,
    ):
        patch.setattr(sys, "argv", ["regenerate"])
        patch.setattr(regenerate, "show_difference", Mock())
        return regenerate.main(), said.getvalue()


def _check_refusal(edit: Edit, code: int, said: str, folder: Path) -> None:
    sentence = said.partition("\n")[0]
    words = str(edit.row["refused"])
    assert code == 1, f"is not refused: exit {code}, {said}"
    assert words in sentence, f"should be refused with {words!r}, but with: {sentence}"
    assert re.fullmatch(r".*openapi\.yaml.*\.", sentence), f"is no sentence about it: {sentence}"
    before, after = (_files(project / "generated") for project in (ROOT, folder))
    assert before == after, "is refused, but generated/ was changed"


def _files(folder: Path) -> dict[Path, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return {path.relative_to(folder): path.read_bytes() for path in files}


def _check_package(edit: Edit, document: Document) -> None:
    if edit.kind == "parameters":
        _check_wire(edit)
    elif edit.kind == "responses":
        _check_responses(edit)
    elif "works" in edit.row:
        _check_listing()
    else:
        _check_bodies(edit, document)
    if "warns" in edit.row:
        _check_deprecation(edit)


def _sent(name: str, *arguments: Any, **named: Any) -> Any:
    return importlib.import_module(f"{PACKAGE}.api.models.{name}").request(*arguments, **named)


def _client(respond: Callable[[httpx.Request], httpx.Response]) -> Any:
    client = importlib.import_module("anthropic_models").Client
    http = httpx.Client(transport=httpx.MockTransport(respond))
    return client(api_key="sk-edits", http_client=http, max_retries=0)


def _check_bodies(edit: Edit, document: Document) -> None:
    """Send responses with good and bad bodies; compare what comes of them with jsonschema."""
    schemas = document["components"]["schemas"]
    row, reference = edit.row, Reference(schemas)
    cases = Cases(schemas, seed=len(edit.name))
    good: list[Any] = row.get("good", [])
    bad: list[Any] = row.get("bad", [])
    if edit.kind == "bodies":
        operation, schema = "get_probe", {"$ref": f"#/components/schemas/{row.get('as', 'Probe')}"}
        made = [cases.case(schema) for _ in range(CASES)]
    else:
        operation, schema = "list_models", {"$ref": "#/components/schemas/BetaModelList"}
        fields, required = schemas["BetaModelInfo"]["properties"], row.get("required", [])
        new = [name for name in row["fields"] if name in fields]
        made = [{name: cases.case(fields[name]) for name in new} for _ in range(CASES)]
        model = {k: v for k, v in _model().items() if k not in (*row["fields"], *required)}
        bad = bad + [{}] * bool(required)
        good, bad, made = ([_page(model | each) for each in some] for some in (good, bad, made))
    for says, contents in ((True, good), (False, bad)):
        wrong = [each for each in contents if reference.is_valid(schema, each) is not says]
        assert not wrong, f"the table says {says} of {wrong}; jsonschema does not"
    for content in [*good, *bad, *made]:
        try:
            expected = reference.is_valid(schema, content)
        except OverflowError:  # it divides
            continue
        _check_body(operation, content, expected, reference, schema)


def _model() -> Any:
    """Return a model as the edited document wants it."""
    path = importlib.import_module("anthropic_models").openapi_path()
    components = read_yaml(path)["components"]
    (example, *_) = components["examples"]["PageOfModels"]["value"]["data"]
    required = components["schemas"]["BetaModelInfo"]["required"]
    return {name: example[name] for name in required if name in example} | {"id": "a"}


def _page(*models: Any) -> Any:
    return {"data": list(models), "has_more": False, "first_id": "a", "last_id": "a"}


def _check_body(
    operation: str, content: Any, expected: bool, reference: Reference, schema: Any
) -> None:
    text = json.dumps(content)
    client = _client(lambda _: httpx.Response(200, content=text))
    errors = importlib.import_module("anthropic_models")
    try:
        parsed = client.send(_sent(operation))
    except errors.APIResponseValidationError as error:
        if expected:
            raise AssertionError(f"refuses {text}: {error}") from error
        return
    assert expected, f"accepts {text}"
    assert same(content, json_of(parsed)), f"{text} comes back as {json_of(parsed)}"
    complaint = reference.complaint(schema, content, parsed)
    assert not complaint, complaint


def _check_responses(edit: Edit) -> None:
    errors = importlib.import_module("anthropic_models")
    gives = [_response(*response) for response in edit.row.get("good", ())]
    assert gives == edit.row.get("gives", gives), f"gives {gives}"
    for response in edit.row.get("bad", ()):
        with pytest.raises(errors.APIResponseValidationError):
            _response(*response)


def _response(status: int, kind: str | None, body: str) -> Any:
    headers = {"content-type": kind} if kind else {}
    client = _client(lambda _: httpx.Response(status, headers=headers, content=body.encode()))
    return client.send(_sent("get_probe"))


def _check_wire(edit: Edit) -> None:
    """Send the parameter with each value; compare what arrives with the table."""
    parameter: Any = edit.row["is"]
    module = importlib.import_module(f"{PACKAGE}.api.models.list_models")
    argument = package_checks.sent_arguments(module)[parameter["in"]][parameter["name"]]
    hint = inspect.get_annotations(module.request, eval_str=True)[argument]
    seen = list[httpx.Request]()

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=_page(_model()))

    for value, pairs in edit.row["sends"]:
        given = {} if value is None else {argument: package_checks.as_argument(value, hint)}
        _client(respond).send(_sent("list_models", **given))
        request = seen[-1]
        where = request.url.params if parameter["in"] == "query" else request.headers
        names = {name for name, _ in pairs} | {parameter["name"]}
        got = [[name, text] for name, text in where.multi_items() if name in names]
        assert got == pairs, f"{value!r} is sent as {got}"
    if parameter["in"] == "query":
        _check_listing()


def _check_listing() -> None:
    """List models under the wrapper, and get the sandbox to do it."""
    wrapper = importlib.import_module("anthropic_models")
    client = _client(lambda _: httpx.Response(200, json=_page(_model())))
    assert [model.id for model in client.models.list()] == ["a"]
    sandbox = importlib.import_module("anthropic_models.sandbox")
    with (
        sandbox.Sandbox(3) as server,
        wrapper.Client(api_key="any", base_url=server.base_url) as client,
    ):
        assert len(list(client.models.list(limit=2))) == 3, "the sandbox does not list"


def _check_deprecation(edit: Edit) -> None:
    name = edit.row["warns"]
    module = "list_models" if edit.kind == "parameters" else name
    request = importlib.import_module(f"{PACKAGE}.api.models.{module}").request
    assert "Deprecated" in (request.__doc__ or ""), "the docstring does not say so"
    with pytest.warns(DeprecationWarning, match="deprecated") as caught:
        request(**({name: "x"} if edit.kind == "parameters" else {}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if edit.kind == "parameters":
            request()  # without it
    assert len(caught) == 1, f"warns {[str(each.message) for each in caught]}"


def _in_a_process(job: tuple[int, Edit, Path]) -> str | None:
    number, edit, packages = job
    with tempfile.TemporaryDirectory() as folder:
        problem = tried(edit, Path(folder))
        if problem is None and "refused" not in edit.row:
            shutil.copytree(
                Path(folder, "generated", PACKAGE),
                packages / f"edit_{number}",
                ignore=shutil.ignore_patterns("__pycache__"),
            )
    return problem


def all_tried(chosen: list[Edit]) -> Iterator[str]:
    """Make the edits, each in a process of its own; yield what is wrong."""
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as name:
        packages = Path(name)
        jobs = [(number, edit, packages) for number, edit in enumerate(chosen)]
        with context.Pool(os.cpu_count(), maxtasksperchild=1) as pool:
            for edit, problem in zip(chosen, pool.imap(_in_a_process, jobs), strict=True):
                if problem:
                    yield f"{edit}: {problem}"
        names = [path.name for path in packages.iterdir()]
        if names:
            options = [f"--package={each}" for each in names]
            done = subprocess.run(
                [sys.executable, "-m", "mypy", "--strict", "--config-file=", *options],
                cwd=packages,
                env={**os.environ, "MYPY_CACHE_DIR": f"{MYPY_CACHE}-edits"},
                capture_output=True,
                text=True,
            )
            for line in done.stdout.splitlines() if done.returncode else ():
                number = re.match(r"edit_(\d+)", line)
                yield f"{chosen[int(number[1])]}: {line}" if number else line


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("texts", nargs="*")
    texts = parser.parse_args().texts
    chosen = [each for each in edits() if all(text in str(each) for text in texts)]
    wrong = 0
    for problem in all_tried(chosen):
        wrong += 1
        print(problem, flush=True)
    print(f"{len(chosen)} edits, {wrong} wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
