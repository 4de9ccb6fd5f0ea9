import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.documents import to_yaml
from generator.regenerate import PACKAGE, ROOT, generate
from generator.templates import TemplateError, changed_templates

CHANGES = ROOT / "generator" / "templates.yaml"

# What a document may hold one day: a required field with a default, a constant that may be absent,
# unknown fields of a certain type.
MODEL: dict[str, Any] = {
    "type": "object",
    "required": ["name", "size", "kind"],
    "properties": {
        "size": {"type": "integer", "default": 3},
        "kind": {"const": "odd"},
        "name": {"type": "string"},
        "colour": {"const": "red"},
        "released": {"type": "string", "format": "date-time"},
    },
    "additionalProperties": {"type": "string", "format": "date-time"},
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "odd", "version": "1"},
    "paths": {
        "/odd": {
            "get": {
                "operationId": "odd",
                "responses": {
                    "200": {
                        "description": "odd",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Odd"}}
                        },
                    }
                },
            }
        }
    },
    "components": {"schemas": {"Odd": MODEL}},
}
TIME = "2026-01-02T03:04:05+00:00"
ANSWERS = [
    {"name": "a", "size": 1, "kind": "odd"},
    {"name": "a", "size": 1, "kind": "odd", "colour": "red", "released": TIME, "more": TIME},
    {"size": 1, "kind": "odd"},
]
READ = f"""
import json, sys
from {PACKAGE}.models import Odd
for response in json.load(sys.stdin):
    try:
        odd = Odd.from_dict(response)
        print(odd, odd.to_dict(), odd.additional_keys)
    except Exception as error:
        print(repr(error))
"""


def test_our_templates_make_models_that_read_and_write_what_the_stock_ones_do(
    tmp_path: Path,
) -> None:
    source = tmp_path / "odd.yaml"
    source.write_text(to_yaml(DOCUMENT), "utf-8")
    stock = generate(source, tmp_path / "stock", stock_templates=True)
    ours = generate(source, tmp_path / "ours")

    read = _read(ours)
    assert read == _read(stock)
    assert "kind='odd', name='a', size=1" in read[0]


def _read(package: Path) -> list[str]:
    command = [sys.executable, "-c", READ]
    printed = subprocess.run(
        command,
        input=json.dumps(ANSWERS),
        env={"PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=True,
    )
    return re.sub(r"<\S+Unset object at \S+>", "Unset", printed.stdout).splitlines()


def test_every_change_of_the_templates_fits_the_pinned_generator(tmp_path: Path) -> None:
    written = changed_templates(CHANGES, tmp_path)
    names = {str(path.relative_to(written)) for path in written.rglob("*.jinja")}
    assert names == {
        "endpoint_macros.py.jinja",
        "endpoint_module.py.jinja",
        "int_enum.py.jinja",
        "model.py.jinja",
        "package_init.py.jinja",
        "str_enum.py.jinja",
        "values.jinja",
    }


@pytest.mark.parametrize(
    ("template", "replace", "complaint"),
    [
        ("model.py.jinja", "never there", r"changes.yaml: 'never there' is not exactly once in"),
        ("model.py.jinja", "property", "Look at that template; fix the change, or remove"),
        ("gone.py.jinja", "anything", "has no template gone.py.jinja any more"),
    ],
)
def test_a_change_that_the_generator_has_moved_away_from_is_an_error(
    tmp_path: Path, template: str, replace: str, complaint: str
) -> None:
    change = {"template": template, "because": "", "replace": replace, "by": ""}
    changes = tmp_path / "changes.yaml"
    changes.write_text(json.dumps({"changes": [change]}), "utf-8")
    with pytest.raises(TemplateError, match=complaint):
        changed_templates(changes, tmp_path / "templates")
