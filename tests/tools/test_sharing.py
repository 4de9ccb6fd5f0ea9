"""What other teams take: the editions, the reference and the overlay in dist/spec/."""

import hashlib
import html
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from generator.documents import read_yaml
from generator.overlays import portable_edition
from languages.clients import read_clients
from sharing import editions, node, share
from sharing.reference import METHODS, reference
from tests.support.projects import ROOT, Program

EDITIONS = ["openapi", "openapi.portable", "openapi.3.0"]
SOURCE = read_yaml(ROOT / "openapi.yaml")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder for what is shared, with something in it from before."""
    project = tmp_path_factory.mktemp("sharing")
    for name in ("languages", "sharing", "redocly.yaml"):
        (project / name).symlink_to(ROOT / name)
    (project / "dist/spec").mkdir(parents=True)
    (project / "dist/spec/stale.yaml").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(share, "ROOT", project)
        yield project / "dist/spec"


@pytest.fixture(scope="module", autouse=True)
def printed(shared: Path) -> str:
    """What `make share` prints; that the linters find nothing is for that command to prove."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as output:
        patch.setattr(share, "_lint", Mock())
        assert share.main() == 0
    return output.getvalue()


def read(folder: Path, name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / f"{name}.json").read_text("utf-8"))
    return document


def test_it_prints_what_it_wrote_and_replaces_what_was_there(printed: str, shared: Path) -> None:
    documents = {f"{name}.{kind}" for name in EDITIONS for kind in ("yaml", "json")}
    others = {"openapi.html", "beta-header-as-string.overlay.yaml"}
    languages = {client.language for client in read_clients(ROOT / "languages")}
    archives = {f"list-models-{language}.tar.gz" for language in languages}
    files = sorted(documents | others | archives)
    assert sorted(path.name for path in shared.iterdir()) == files
    reported = [line.split()[0] for line in printed.splitlines()]
    assert reported == [f"dist/spec/{name}" for name in files]


def test_the_yaml_and_the_json_of_an_edition_are_equal_and_the_source_as_it_was_written(
    shared: Path,
) -> None:
    for name in EDITIONS:
        assert read_yaml(shared / f"{name}.yaml") == read(shared, name)
    assert (shared / "openapi.yaml").read_bytes() == (ROOT / "openapi.yaml").read_bytes()


BREAKING = {
    "openapi.portable": {"changed: type of header `anthropic-beta`: array → string"},
    "openapi.3.0": {
        "changed: const of BetaModelInfo.type: model → none",
        "changed: const of ErrorResponse.type: error → none",
        "changed: type of header `anthropic-beta`: array → string",
        "removed: alternatives of ErrorType",
    },
}


@pytest.mark.parametrize(("name", "breaking"), BREAKING.items())
def test_the_head_of_an_edition_names_its_source_and_what_breaks(
    shared: Path, name: str, breaking: set[str]
) -> None:
    first, *others = read(shared, name)["info"]["x-edition"].splitlines()
    version = SOURCE["info"]["version"]
    kind = name.removeprefix("openapi.")
    assert first == f"The {kind} edition of openapi.yaml {version}, {editions.revision()}."
    assert "- anthropic-beta as one string" in others
    heading = "Of this, what code that was made of openapi.yaml would notice:"
    noticed = {line.removeprefix("- ") for line in others[others.index(heading) + 1 :]}
    assert breaking <= noticed
    expected = r"changed: (const|type of header)|removed: alternatives "
    assert [text for text in noticed if not re.match(expected, text)] == []


def test_without_a_repository_the_revision_is_the_digest_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = f"SHA-256 {hashlib.sha256((ROOT / 'openapi.yaml').read_bytes()).hexdigest()}"
    if (ROOT / ".git").exists():
        assert re.fullmatch(f"revision [^ ]+, {digest}", editions.revision())
    monkeypatch.setattr(editions, "ROOT", tmp_path)
    assert editions.revision() == digest


def test_the_portable_edition_is_the_source_with_the_overlay_and_a_head(
    shared: Path, tmp_path: Path
) -> None:
    shutil.copy(shared / "beta-header-as-string.overlay.yaml", tmp_path)
    edition = read(shared, "openapi.portable")
    assert edition["info"].pop("x-edition")
    assert edition == portable_edition(shared / "openapi.yaml", tmp_path)


def test_the_3_0_edition_has_plain_strings_for_open_lists_and_lists_of_one_for_constants(
    shared: Path,
) -> None:
    edition, source = read(shared, "openapi.3.0"), SOURCE["components"]["schemas"]
    schemas = edition["components"]["schemas"]
    for name in ("AnthropicBeta", "ErrorType"):
        assert schemas[name] == {"type": "string", "description": source[name]["description"]}
        assert schemas[f"Known{name}"] == source[f"Known{name}"]
        assert f"- {name} takes any string" in edition["info"]["x-edition"]
    for name, constant in (("BetaModelInfo", "model"), ("ErrorResponse", "error")):
        assert schemas[name]["properties"]["type"]["enum"] == [constant]
    assert edition["openapi"].startswith("3.0.")
    assert "summary" not in edition["info"]


def test_unions_with_null_and_open_lists_are_written_as_3_0_has_them() -> None:
    portable = portable_edition(ROOT / "openapi.yaml", ROOT / "overlays")
    unions = read_yaml(ROOT / "tests/tools/data/unions-in-3.0.yaml")
    properties = portable["components"]["schemas"]["BetaModelList"]["properties"]
    properties.update({name: pair["before"] for name, pair in unions.items()})
    document, open_lists = editions.edition_3_0(portable)
    OpenAPIV30SpecValidator(document).validate()
    schemas = document["components"]["schemas"]
    made = {name: schemas["BetaModelList"]["properties"][name] for name in unions}
    assert made == {name: pair.get("after", pair["before"]) for name, pair in unions.items()}
    assert schemas["BetaModelInfoOrNull"] == {**schemas["BetaModelInfo"], "nullable": True}
    assert open_lists == [
        "BetaModelList.an-open-list-or-null",
        "BetaModelList.an-open-list-of-constants",
        *(name for name in schemas if f"Known{name}" in schemas),
    ]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"summary": "List models"', '"summary": 7', "openapi: 7 is not of type"),
        ('"summary": "List models",', "", "Operation object should contain `summary` field."),
    ],
)
def test_nothing_is_shared_that_is_not_valid(
    shared: Path,
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
    old: str,
    new: str,
    reason: str,
) -> None:
    text = (shared / "openapi.json").read_text("utf-8")
    assert old in text

    def write(folder: Path) -> None:
        for client in read_clients(ROOT / "languages"):
            shutil.copy(shared / client.document, folder)
        (folder / "openapi.json").write_text(text.replace(old, new, 1), "utf-8")

    monkeypatch.setattr(editions, "write", write)
    before = sorted(shared.parent.rglob("*"))
    done = program(share.main)
    assert done.returncode == 1
    assert reason in done.stderr
    assert done.stderr.endswith("Nothing was shared; dist/spec/ is as it was.\n")
    assert sorted(shared.parent.rglob("*")) == before


def test_without_the_tools_that_need_node_sharing_reports_what_installs_them(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node, "ENVIRONMENT", tmp_path)
    done = program(share.main)
    assert done.returncode == 1
    assert "`make .envs/node/ready` installs it." in done.stderr


def text_of(page: str) -> str:
    """Return what people read on a page that has no scripts; blanks count as one."""
    body = page[page.index("<body>") :]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def texts(value: object, key: str = "") -> set[str]:
    """Return the texts within a value, or those of a key."""
    found = re.findall(rf'{key}"((?:[^"\\]|\\.)*)"', json.dumps(value))
    return {json.loads(f'"{text}"') for text in found}


def letters(text: str) -> str:
    """Return what is left of a text without marks and blanks, as a page changes these."""
    return re.sub(r"[\W_]+", "", text)


def test_the_reference_shows_everything_of_operations_of_every_kind(tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests/spec/data/ten-more-operations.yaml", tmp_path)
    document = portable_edition(ROOT / "openapi.yaml", tmp_path)
    text = text_of(reference(document))
    components = document["components"]
    names = [parameter["name"] for parameter in components["parameters"].values()]
    for schema in components["schemas"].values():
        names += [*schema.get("properties", ()), *schema.get("enum", ())]
    for path, item in document["paths"].items():
        for method in item.keys() & set(METHODS):
            names += [f"{method.upper()} {path}", *item[method]["responses"]]
    names += [*components["schemas"], "request-id", "retry-after"]
    names += ["minimum 1", "maximum 1000", "default 20", "string or null", "always model"]
    names += ["array of AnthropicBeta"]
    assert [name for name in names if str(name) not in text] == []
    examples = [example["value"] for example in components["examples"].values()]
    shown = letters(text)
    written = texts(examples) | texts(document, '"description": ')
    assert [each for each in written if letters(each) not in shown] == []


def test_the_reference_fetches_nothing_and_its_links_lead_somewhere(shared: Path) -> None:
    page = (shared / "openapi.html").read_text("utf-8")
    assert "default-src 'none'" in page
    assert not re.search(r"<script|<details|url\(|@import", page)
    links = re.findall(r'(?:href|src|srcset|action|data)="([^"]*)"', page)
    anchors = set(re.findall(r' id="([^"]*)"', page))
    assert [link for link in links if link.removeprefix("#") not in anchors] == []


def test_what_a_document_has_is_text_on_the_page_and_no_markup() -> None:
    document = read_yaml(ROOT / "openapi.yaml")
    schema = document["components"]["schemas"]["BetaModelInfo"]["properties"]["id"]
    schema |= {"description": "<script>alert(1)</script>", "pattern": "<b>", "type": "<i>"}
    assert not re.search(r"<(script|b|i)>", reference(document))
