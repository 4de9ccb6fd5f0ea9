"""Generated packages of small documents, imported beside the one of today."""

import importlib
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from generator.documents import to_yaml
from generator.regenerate import PACKAGE, generate


def document_of(schemas: dict[str, Any]) -> dict[str, Any]:
    """Return a document with an operation `get_…` for each schema."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "small", "version": "1"},
        "paths": {
            f"/{name}": {
                "get": {
                    "operationId": f"get{name}",
                    "tags": ["small"],
                    "responses": {
                        "200": {
                            "description": name,
                            "content": {
                                "application/json": {
                                    "schema": {"$ref": f"#/components/schemas/{name}"}
                                }
                            },
                        }
                    },
                }
            }
            for name in schemas
        },
        "components": {"schemas": schemas},
    }


@contextmanager
def generated_package(folder: Path, name: str, document: dict[str, Any]) -> Generator[Any]:
    """Generate the package of a document and import it as `name`, with its models."""
    source = folder / "openapi.yaml"
    source.write_text(to_yaml(document), "utf-8")
    generate(source, folder / "generated").joinpath(PACKAGE).rename(folder / "generated" / name)
    sys.path.insert(0, str(folder / "generated"))
    try:
        for module in ("models", "document", "request"):
            importlib.import_module(f"{name}.{module}")
        yield sys.modules[name]
    finally:
        sys.path.remove(str(folder / "generated"))
