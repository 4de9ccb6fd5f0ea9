"""What an editor shows of a name: a description, not its type alone."""

import re
from typing import Any

import anthropic_models_generated.models
import pytest
from pdoc.doc_ast import walk_tree

from generator.documents import read_yaml
from tests.support.projects import ROOT

SCHEMAS: dict[str, Any] = read_yaml(ROOT / "openapi.yaml")["components"]["schemas"]
GENERATED: list[type[Any]] = [
    getattr(anthropic_models_generated.models, name)
    for name in anthropic_models_generated.models.__all__
]


def words(text: object) -> str:
    return re.sub(r"\s+", " ", str(text)).strip()


@pytest.mark.parametrize("kind", GENERATED, ids=lambda kind: kind.__name__)
def test_a_generated_class_and_its_fields_have_the_descriptions_of_the_document(
    kind: type,
) -> None:
    assert words(kind.__doc__) == words(SCHEMAS[kind.__name__]["description"])
    shown = walk_tree(kind).var_docstrings
    for name, field in SCHEMAS[kind.__name__].get("properties", {}).items():
        wanted = field.get("description")
        if wanted is None:  # that of the schema to which it refers
            wanted = SCHEMAS[field["$ref"].rpartition("/")[2]]["description"]
        python_name = vars(kind)["_attributes"][name]
        assert words(shown[python_name]) == words(wanted), f"{kind.__name__}.{name}"
