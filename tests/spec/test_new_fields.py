"""When the specification grows, the models and the check of answers grow with it.

The later API has the new fields of tests/spec/evolution, and others of every kind that a
document may have.
"""

import copy
import importlib
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.evolution import LaterProject, later_document
from tests.support.scripted_server import model, page

LATER: dict[str, Any] = {
    "anything": {},
    "stage": {"$ref": "#/components/schemas/Stage"},
    "weight": {"type": ["integer", "null"]},
    "price": {"type": "number"},
    "announced_on": {"type": "string", "format": "date"},
    "build": {"type": "string", "format": "uuid"},
    "capabilities": {
        "anyOf": [{"$ref": "#/components/schemas/Capabilities"}, {"type": "null"}],
    },
    "variants": {"type": "array", "items": {"$ref": "#/components/schemas/Capabilities"}},
    "parent-model": {"type": "string"},
    "releaseNotes": {"type": "string"},
    "family": {"const": "claude"},
    "metadata": {"$ref": "#/components/schemas/Metadata"},
    "samples": {"type": "array", "items": {}},
    "notes": {
        "anyOf": [
            {"type": ["string", "integer", "number", "boolean"]},
            {"type": "array", "items": {"$ref": "#/components/schemas/Capabilities"}},
        ]
    },
}
SCHEMAS: dict[str, Any] = {
    "Stage": {"type": "string", "enum": ["early", "late"]},
    "Capabilities": {
        "type": "object",
        "required": ["vision"],
        "properties": {
            "vision": {"type": "boolean"},
            "limits": {"$ref": "#/components/schemas/Limits"},
        },
    },
    "Metadata": {"type": "object"},
    "Limits": {"type": "object", "additionalProperties": {"type": "integer"}},
}
REQUIRED = ["stage", "weight"]

WHOLE: dict[str, Any] = {
    "lifecycle": "active",
    "max_input_tokens": 9,
    "max_tokens": 7,
    "stage": "early",
    "weight": 5,
    "price": 1.5,
    "retires_at": "2027-01-01T00:00:00Z",
    "announced_on": "2026-01-01",
    "build": "12345678-1234-5678-1234-567812345678",
    "allowed_fallback_models": ["x"],
    "capabilities": {"vision": True, "limits": {"images": 3}},
    "variants": [{"vision": False}],
    "parent-model": "y",
    "releaseNotes": "z",
    "family": "claude",
    "anything": {"goes": [None]},
    "metadata": {"goes": [None]},
}
NULLS = {
    "max_input_tokens": None,
    "max_tokens": None,
    "weight": None,
    "retires_at": None,
    "allowed_fallback_models": None,
}


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The generated package of the later API, freshly generated."""
    document = copy.deepcopy(later_document("model-fields"))
    schemas = document["components"]["schemas"]
    schemas |= SCHEMAS
    schemas["BetaModelInfo"]["properties"] |= LATER
    schemas["BetaModelInfo"]["required"] += REQUIRED
    for example in document["components"]["examples"].values():
        for listed in example["value"].get("data", []):
            listed |= {name: WHOLE[name] for name in REQUIRED}
    project = LaterProject(tmp_path_factory.mktemp("later"), document)
    assert project.run("-m", "generator.regenerate").returncode == 0
    # Under a name of its own, so that it stands beside the one of today.
    package = project.folder / "generated" / "anthropic_models_generated"
    package.rename(package.with_name("generated_later"))
    sys.path.insert(0, str(package.parent))
    importlib.import_module("generated_later.models")
    importlib.import_module("generated_later.document")
    yield importlib.import_module("generated_later")
    sys.path.remove(str(package.parent))


def read(later: Any, *models: dict[str, Any]) -> Any:
    content = page() | {"data": list(models)}
    assert later.document.mismatch("list_models", "200", content) is None
    return later.models.BetaModelList.from_dict(content)


def test_new_fields_are_there_typed_and_filled(later: Any) -> None:
    (one,) = read(later, model("a", **WHOLE)).data
    assert (one.lifecycle.value, one.max_input_tokens, one.max_tokens) == ("active", 9, 7)
    assert (one.stage.value, one.weight, one.price) == ("early", 5, 1.5)
    assert one.retires_at.year == 2027
    assert one.announced_on.month == 1
    assert str(one.build) == WHOLE["build"]
    assert one.allowed_fallback_models == ["x"]
    assert one.capabilities.limits["images"] == 3
    assert one.variants[0].vision is False
    assert (one.parent_model, one.release_notes) == ("y", "z")


def test_what_the_later_specification_allows_is_taken(later: Any) -> None:
    whole = model("a", **WHOLE)
    changes: list[dict[str, Any]] = [
        NULLS,
        {"lifecycle": "unheard-of", "price": 2, "allowed_fallback_models": [], "variants": []},
        {"capabilities": None, "anything": None, "later_still": [1]},
        {"capabilities": {"vision": True, "limits": {}, "later": "field"}},
        {"samples": [{"a": [1]}, [1], None, "x"]},
        *({"notes": value} for value in ("text", 7, 7.5, True, [{"vision": True}])),
    ]
    read(later, whole, *(whole | change for change in changes), whole)


def test_what_is_optional_may_be_missing(later: Any) -> None:
    least = {name: value for name, value in WHOLE.items() if name in REQUIRED}
    read(later, model("a", **least), model("b", **WHOLE))


@pytest.mark.parametrize(
    ("changes", "place", "says"),
    [
        ({"lifecycle": None}, "lifecycle", "but is null"),
        ({"stage": "unheard-of"}, "stage", "but is 'unheard-of'"),
        ({"max_tokens": "7"}, "max_tokens", "a whole number or null, but is '7'"),
        ({"max_tokens": True}, "max_tokens", "a whole number or null, but is true"),
        ({"price": "1"}, "price", "a number, but is '1'"),
        ({"retires_at": "2027-01-01"}, "retires_at", "but is '2027-01-01'"),
        ({"announced_on": "soon"}, "announced_on", "a date, but is 'soon'"),
        ({"build": "x"}, "build", "a UUID, but is 'x'"),
        ({"build": 7}, "build", "a string, but is 7"),
        ({"variants": {}}, "variants", "a list, but is an object"),
        ({"capabilities": {}}, "capabilities.vision", "is missing"),
        (
            {"capabilities": {"vision": "yes"}},
            "capabilities.vision",
            "true or false, but is 'yes'",
        ),
        ({"capabilities": {"vision": True, "limits": {"b": "x"}}}, "capabilities.limits.b", "'x'"),
        ({"capabilities": [["vision", True]]}, "capabilities", "an object or null, but is a list"),
        ({"variants": [[["vision", True]]]}, "variants[0]", "an object, but is a list"),
        ({"variants": [{"vision": True}, {"vision": 0}]}, "variants[1].vision", "but is 0"),
        ({"metadata": ""}, "metadata", "an object, but is ''"),
        ({"notes": {"vision": True}}, "notes", "but is an object"),
        ({"notes": [{"vision": True}, {}]}, "notes[1].vision", "is missing"),
        ({"parent-model": 7}, "parent-model", "a string, but is 7"),
        ({"releaseNotes": 7}, "releaseNotes", "a string, but is 7"),
        ({"family": "other"}, "family", "should be 'claude', but is 'other'"),
    ],
)
def test_what_the_later_specification_forbids_is_refused_with_its_place(
    later: Any, changes: dict[str, Any], place: str, says: str
) -> None:
    whole = model("a", **WHOLE)
    for neighbour in (whole, whole | NULLS):
        content = page() | {"data": [neighbour, whole | changes, whole]}
        found, problem = later.document.mismatch("list_models", "200", content)
        assert found == f"data[1].{place}"
        assert problem.endswith(says)


@pytest.mark.parametrize("field", REQUIRED)
def test_what_is_required_must_be_there(later: Any, field: str) -> None:
    rest = {name: value for name, value in WHOLE.items() if name != field}
    content = page() | {"data": [model("a", **WHOLE), model("b", **rest)]}
    assert later.document.mismatch("list_models", "200", content) == (
        f"data[1].{field}",
        "is missing",
    )
