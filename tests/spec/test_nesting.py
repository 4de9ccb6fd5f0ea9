"""What is wrong is found however deep a response is nested."""

from collections.abc import Iterator
from typing import Any

import pytest
from anthropic_models_generated.document import mismatch

from tests.support.generated_packages import document_of, generated_package
from tests.support.scripted_server import page

SCHEMAS: dict[str, Any] = {
    "Tree": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string"},
            "next": {"anyOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "null"}]},
            "pair": {"type": "array", "prefixItems": [{"$ref": "#/components/schemas/Tree"}]},
            "many": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        },
        "additionalProperties": {"$ref": "#/components/schemas/Tree"},
    }
}


def nested(levels: int) -> Any:
    content: Any = []
    for _ in range(levels):
        content = [content]
    return content


@pytest.mark.parametrize("levels", [10, 254, 300, 1_900])
@pytest.mark.parametrize("text", ["plain", "\ud800"])
def test_a_field_is_named_beside_or_above_what_is_nested_deep(levels: int, text: str) -> None:
    content = page() | {"has_more": nested(levels), "later": text}
    assert mismatch("list_models", "200", content) == (
        "has_more",
        "should be true or false, but is a list",
    )
    content |= {"has_more": 1, "later": nested(levels)}
    assert mismatch("list_models", "200", content) == (
        "has_more",
        "should be true or false, but is 1",
    )


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("tree")
    with generated_package(folder, "generated_tree", document_of(SCHEMAS)) as package:
        yield package


@pytest.mark.parametrize("levels", [1, 300])
@pytest.mark.parametrize(
    ("step", "place"),
    [("next", ".next"), ("pair", ".pair[0]"), ("many", ".many[0]"), ("other", ".other")],
)
def test_a_field_is_named_within_what_is_nested_deep(
    package: Any, step: str, place: str, levels: int
) -> None:
    def tree(name: object) -> Any:
        content: Any = {"name": name}
        for _ in range(levels):
            below = [content] if place.endswith("]") else content
            content = {"name": "a", step: below, "beside": {"name": "b"}}
        return content

    mismatch = package.document.mismatch
    assert mismatch("get_tree", "200", tree("a")) is None
    assert mismatch("get_tree", "200", tree(7)) == (
        f"{place * levels}.name"[1:],
        "should be a string, but is 7",
    )
