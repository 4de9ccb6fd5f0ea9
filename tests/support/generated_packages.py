"""Generated packages of small documents, imported beside the one of today."""

import importlib
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from generator.documents import to_yaml
from generator.regenerate import PACKAGE, generate
from tests.support.projects import ROOT, regeneration


def document_of(schemas: dict[str, Any]) -> dict[str, Any]:
    """Return a document with an operation `get_…` for each schema."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "small", "version": "1"},
        "paths": {f"/{name}": {"get": _operation(name)} for name in schemas},
        "components": {"schemas": schemas},
    }


def _operation(name: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    response = {"description": name, "content": content}
    return {"operationId": f"get{name}", "tags": ["small"], "responses": {"200": response}}


@contextmanager
def generated_package(
    folder: Path, name: str, document: dict[str, Any], *, stock_templates: bool = False
) -> Generator[Any]:
    """Generate the package of a document and import it as `name`, with its models."""
    source, target = folder / f"{name}.yaml", folder / name
    source.write_text(to_yaml(document), "utf-8")
    with regeneration(ROOT):
        generate(source, target, stock_templates=stock_templates)
    (target / PACKAGE).rename(target / name)
    sys.path.insert(0, str(target))
    try:
        for module in ("models",) if stock_templates else ("models", "document", "request"):
            importlib.import_module(f"{name}.{module}")
        yield sys.modules[name]
    finally:
        sys.path.remove(str(target))
