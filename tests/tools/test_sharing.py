"""What other teams take: the editions, the reference and the overlay in dist/spec/."""

import hashlib
import html
import json
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from openapi_schema_validator import OAS30Validator, OAS31Validator
from openapi_spec_validator import OpenAPIV30SpecValidator

from generator import regenerate
from generator.portable import portable_edition
from languages.clients import read_clients
from sharing.changes import changes
from sharing.editions import edition_3_0
from sharing.reference import METHODS, reference
from tests.support.projects import ROOT, committed, committed_files, copied

NEEDED = (
    *("openapi.yaml", "overlays", "generator", "sharing", "languages"),
    *("redocly.yaml", ".spectral.yaml"),
)
EDITIONS = ["openapi", "openapi.portable", "openapi.3.0"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for what is shared, with something in it from before."""
    folder = copied(tmp_path_factory.mktemp("sharing"), *NEEDED) / "dist" / "spec"
    folder.mkdir(parents=True)
    (folder / "stale.yaml").touch()
    return folder


@pytest.fixture(scope="module", autouse=True)
def done(shared: Path) -> subprocess.CompletedProcess[str]:
    """What `make share` says."""
    return run_share(shared.parent.parent)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copied(tmp_path / "project", *NEEDED)


def run_share(project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sharing.share"],
        cwd=project,
        capture_output=True,
        text=True,
    )


def read(path: Path) -> dict[str, Any]:
    text = path.read_text("utf-8")
    document: dict[str, Any] = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    return document


def test_there_are_these_files_and_no_others(shared: Path) -> None:
    documents = {f"{name}.{kind}" for name in EDITIONS for kind in ("yaml", "json")}
    others = {"openapi.html", "beta-header-as-string.overlay.yaml"}
    languages = {client.language for client in read_clients(ROOT / "languages")}
    archives = {f"list-models-{language}.tar.gz" for language in languages}
    assert {path.name for path in shared.iterdir()} == documents | others | archives


def test_an_archive_has_all_of_a_language_and_the_editions_that_it_reads(shared: Path) -> None:
    for client in read_clients(ROOT / "languages"):
        with tarfile.open(shared / f"list-models-{client.language}.tar.gz") as archive:
            names = {name.removeprefix(f"{client.language}/") for name in archive.getnames()}
            edition = archive.extractfile(f"{client.name}/{client.document}")
            assert edition is not None
            assert edition.read() == (shared / client.document).read_bytes()
        folder = f"languages/{client.language}/"
        assert names >= {name.removeprefix(folder) for name in committed_files(folder)}


@pytest.mark.parametrize("name", EDITIONS)
def test_the_yaml_and_the_json_of_an_edition_say_the_same(shared: Path, name: str) -> None:
    assert read(shared / f"{name}.yaml") == read(shared / f"{name}.json")


def test_the_source_is_shared_as_it_was_written(shared: Path) -> None:
    assert (shared / "openapi.yaml").read_bytes() == (ROOT / "openapi.yaml").read_bytes()


def test_the_portable_edition_is_the_source_with_the_overlay_and_a_head(
    shared: Path, tmp_path: Path
) -> None:
    shutil.copy(shared / "beta-header-as-string.overlay.yaml", tmp_path)
    made = portable_edition(shared / "openapi.yaml", tmp_path)
    edition = read(shared / "openapi.portable.yaml")
    assert edition["info"].pop("x-edition")
    assert edition == made


BREAKING = {
    "openapi.portable": ["changed: type of header `anthropic-beta`: array → string"],
    "openapi.3.0": [
        "changed: const of BetaModelInfo.type: model → none",
        "changed: const of ErrorResponse.type: error → none",
        "changed: type of header `anthropic-beta`: array → string",
        "removed: alternatives of ErrorType",
    ],
}


@pytest.mark.parametrize(("name", "breaking"), BREAKING.items())
def test_the_head_of_an_edition_names_its_source_and_all_that_breaks(
    shared: Path, tmp_path: Path, name: str, breaking: list[str]
) -> None:
    source, edition = read(shared / "openapi.yaml"), read(shared / f"{name}.yaml")
    head = edition["info"]["x-edition"]
    first, *others = head.splitlines()
    assert first.startswith(f"The {name.removeprefix('openapi.')} edition of openapi.yaml 1.0.0, ")
    digest = hashlib.sha256((shared / "openapi.yaml").read_bytes()).hexdigest()
    assert first.endswith(f"SHA-256 {digest}.")
    assert "- anthropic-beta as one string" in others
    found = [f"{it.kind}: {it.text}" for it in changes(source, edition, tmp_path) if it.breaking]
    assert found == breaking
    named = others[
        others.index("Of this, what code that was made of openapi.yaml would notice:") :
    ]
    assert named[1:] == [f"- {text}" for text in breaking]


def test_the_head_names_the_revision_where_git_knows_it(project: Path) -> None:
    committed(project, "openapi.yaml")
    assert run_share(project).returncode == 0
    head = read(project / "dist/spec/openapi.3.0.json")["info"]["x-edition"]
    assert re.match(r"The 3\.0 edition of openapi\.yaml 1\.0\.0, revision [0-9a-f]{7,},", head)


def test_open_lists_of_values_are_plain_strings_in_the_3_0_edition(shared: Path) -> None:
    schemas = read(shared / "openapi.3.0.yaml")["components"]["schemas"]
    source = read(shared / "openapi.yaml")["components"]["schemas"]
    for name in ("AnthropicBeta", "ErrorType"):
        assert schemas[name] == {"type": "string", "description": source[name]["description"]}
        assert schemas[f"Known{name}"] == source[f"Known{name}"]
        assert f"- {name} takes any string" in (shared / "openapi.3.0.yaml").read_text("utf-8")


def constants(schema: dict[str, Any], pointer: str = "") -> dict[str, Any]:
    """Return each constant of a document, as 3.1 or as 3.0 has it, by its place."""
    found: dict[str, Any] = {}
    if "const" in schema:
        found[pointer] = schema["const"]
    elif len(schema.get("enum", ())) == 1:
        found[pointer] = schema["enum"][0]
    for key, value in schema.items():
        if isinstance(value, dict):
            found |= constants(cast(dict[str, Any], value), f"{pointer}/{key}")
    return found


def test_constants_are_lists_of_one_value_in_the_3_0_edition(shared: Path) -> None:
    source, older = read(shared / "openapi.yaml"), read(shared / "openapi.3.0.yaml")
    assert constants(source) == constants(older)
    assert len(constants(older)) == 2


SCHEMAS: dict[str, tuple[Any, Any]] = {
    "a-reference-or-null": (
        {"anyOf": [{"$ref": "#/components/schemas/BetaModelInfo"}, {"type": "null"}]},
        {"allOf": [{"$ref": "#/components/schemas/BetaModelInfoOrNull"}]},
    ),
    "an-open-list-or-null": (
        {
            "description": "Why.",
            "anyOf": [
                {"type": "string"},
                {"$ref": "#/components/schemas/KnownErrorType"},
                {"type": "null"},
            ],
        },
        {"description": "Why.", "type": "string", "nullable": True},
    ),
    "an-open-list-of-constants": (
        {"anyOf": [{"type": "string", "const": "a"}, {"type": "string", "description": "Any."}]},
        {"type": "string"},
    ),
    "two-objects-or-null": (
        {
            "oneOf": [
                {"$ref": "#/components/schemas/BetaModelInfo"},
                {"$ref": "#/components/schemas/ErrorDetail"},
                {"type": "null"},
            ]
        },
        {
            "oneOf": [
                {"$ref": "#/components/schemas/BetaModelInfoOrNull"},
                {"$ref": "#/components/schemas/ErrorDetail"},
            ],
        },
    ),
    "a-closed-list": (
        {"anyOf": [{"type": "string", "pattern": "^a"}, {"type": "string", "enum": ["b"]}]},
        {"anyOf": [{"type": "string", "pattern": "^a"}, {"type": "string", "enum": ["b"]}]},
    ),
    "text-or-number": (
        {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        {"anyOf": [{"type": "string"}, {"type": "integer"}]},
    ),
}


def test_unions_with_null_and_open_lists_are_written_as_3_0_has_them() -> None:
    portable = portable_edition(ROOT / "openapi.yaml", ROOT / "overlays")
    properties = portable["components"]["schemas"]["BetaModelList"]["properties"]
    properties.update({name: before for name, (before, _) in SCHEMAS.items()})
    document, open_lists = edition_3_0(portable)
    OpenAPIV30SpecValidator(document).validate()
    made = document["components"]["schemas"]["BetaModelList"]["properties"]
    assert {name: made[name] for name in SCHEMAS} == {
        n: after for n, (_, after) in SCHEMAS.items()
    }
    info = document["components"]["schemas"]["BetaModelInfo"]
    assert document["components"]["schemas"]["BetaModelInfoOrNull"] == {**info, "nullable": True}
    assert open_lists == [
        "BetaModelList.an-open-list-or-null",
        "BetaModelList.an-open-list-of-constants",
        "AnthropicBeta",
        "ErrorType",
    ]


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_the_same_python_comes_out_of_the_source_with_the_overlay_and_of_the_portable_edition(
    shared: Path, tmp_path: Path, kind: str
) -> None:
    source = shared / f"openapi.portable.{kind}"
    package = regenerate.generate(source, tmp_path / "python") / regenerate.PACKAGE
    committed = ROOT / "generated" / regenerate.PACKAGE
    names = sorted(path.relative_to(committed) for path in committed.rglob("*.py"))
    assert names == sorted(path.relative_to(package) for path in package.rglob("*.py"))
    for name in names:
        assert (package / name).read_text("utf-8") == (committed / name).read_text("utf-8")


MODEL = {"id": "m", "created_at": "2025-05-14T00:00:00Z", "display_name": "M", "type": "model"}
PAGE = {"data": [MODEL], "has_more": False, "first_id": "m", "last_id": "m"}


@pytest.mark.parametrize(
    ("body", "is_right"),
    [
        (PAGE, True),
        ({**PAGE, "data": [], "first_id": None, "last_id": None}, True),
        ({**PAGE, "data": [{**MODEL, "max_tokens": 1}]}, True),
        ({**PAGE, "data": [{**MODEL, "type": "ai_model"}]}, False),
        ({**PAGE, "data": [{**MODEL, "display_name": None}]}, False),
        ({**PAGE, "data": None}, False),
        ({**PAGE, "first_id": 7}, False),
        ({"data": []}, False),
    ],
)
def test_the_3_0_edition_accepts_and_refuses_what_the_source_does(
    shared: Path, body: dict[str, Any], is_right: bool
) -> None:
    for name, validator in [("openapi", OAS31Validator), ("openapi.3.0", OAS30Validator)]:
        components = read(shared / f"{name}.yaml")["components"]
        schema = {"$ref": "#/components/schemas/BetaModelList", "components": components}
        assert validator(schema).is_valid(body) is is_right, name


def test_the_3_0_edition_says_that_it_is_3_0(shared: Path) -> None:
    document = read(shared / "openapi.3.0.yaml")
    assert document["openapi"].startswith("3.0.")
    assert "summary" not in document["info"]


def test_sharing_prints_what_it_wrote_and_replaces_what_was_there(
    done: subprocess.CompletedProcess[str], shared: Path
) -> None:
    assert (done.returncode, done.stderr) == (0, "")
    reported = [line.split()[0] for line in done.stdout.splitlines()]
    assert reported == [f"dist/spec/{path.name}" for path in sorted(shared.iterdir())]
    assert not (shared / "stale.yaml").exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("summary: List models", "summary: 7"), "7 is not of type"),
        (("      summary: List models\n", ""), "Operation object should contain `summary` field."),
        (("name: after_id", "name: before_id"), "before_id"),
    ],
)
def test_nothing_is_shared_that_is_not_valid(
    project: Path, change: tuple[str, str], reason: str
) -> None:
    source = project / "openapi.yaml"
    changed = source.read_text("utf-8").replace(*change)
    assert changed != source.read_text("utf-8")
    source.write_text(changed, "utf-8")
    done = run_share(project)
    assert done.returncode == 1
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert list((project / "dist").iterdir()) == []


def test_without_the_tools_that_need_node_sharing_says_what_installs_them(project: Path) -> None:
    (project / ".envs").unlink()
    done = run_share(project)
    assert done.returncode == 1
    assert "`make .envs/node/ready` installs it." in done.stderr


def text_of(page: str) -> str:
    """Return what people read on a page that has no scripts; blanks count as one."""
    body = page[page.index("<body>") :]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def words_of(value: object) -> Iterator[str]:
    """Return every text and number within a value, blanks counted as one."""
    if isinstance(value, dict):
        for key, inner in cast(dict[str, object], value).items():
            yield key
            yield from words_of(inner)
    elif isinstance(value, list):
        for inner in cast(list[object], value):
            yield from words_of(inner)
    elif value is not None and not isinstance(value, bool):
        yield " ".join(str(value).split())


def readable(document: dict[str, Any], text: str) -> None:
    """Assert that all that a document has can be read in a text."""
    components = document["components"]
    names = [parameter["name"] for parameter in components["parameters"].values()]
    for schema in components["schemas"].values():
        names += [*schema.get("properties", ()), *schema.get("enum", ())]
    for path, item in document["paths"].items():
        for method in item.keys() & set(METHODS):
            names += [f"{method.upper()} {path}", *item[method]["responses"]]
    examples = [example["value"] for example in components["examples"].values()]
    names += [*components["schemas"], "request-id", "retry-after", *words_of(examples)]
    assert [name for name in names if str(name) not in text] == []
    descriptions = re.findall(r'"description": "((?:[^"\\]|\\.)*)"', json.dumps(document))
    plain = {" ".join(json.loads(f'"{each}"').split()) for each in descriptions}
    # Marks are gone, and blanks beside them are as they were: compare letters.
    letters = re.sub(r"[\W_]+", "", text)
    assert [each for each in plain if re.sub(r"[\W_]+", "", each) not in letters] == []


def test_the_reference_shows_everything_and_fetches_nothing(shared: Path) -> None:
    page = (shared / "openapi.html").read_text("utf-8")
    readable(read(ROOT / "openapi.yaml"), text_of(page))
    assert "array of AnthropicBeta" in text_of(page)
    assert "<script" not in page
    assert "<details" not in page
    assert "default-src 'none'" in page
    links = re.findall(r'(?:href|src|srcset|action|data)="([^"]*)"', page)
    anchors = set(re.findall(r' id="([^"]*)"', page))
    assert [link for link in links if link.removeprefix("#") not in anchors] == []
    assert "url(" not in page
    assert "@import" not in page


def test_the_reference_shows_operations_of_every_kind(tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests/spec/data/ten-more-operations.yaml", tmp_path)
    document = portable_edition(ROOT / "openapi.yaml", tmp_path)
    page = reference(document)
    readable(document, text_of(page))
    for name in ("minimum 1", "maximum 1000", "default 20", "string or null", "always model"):
        assert name in text_of(page)


def test_what_a_document_says_is_text_on_the_page_and_no_markup() -> None:
    document = read(ROOT / "openapi.yaml")
    schema = document["components"]["schemas"]["BetaModelInfo"]["properties"]["id"]
    schema |= {"description": "<script>alert(1)</script>", "pattern": "<b>", "type": "<i>"}
    page = reference(document)
    assert not re.search(r"<(script|b|i)>", page)
