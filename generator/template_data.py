"""Writes what the templates need of an operation and the generator does not pass to them."""

from pathlib import Path

from generator.document_json import METHODS, module_of
from generator.documents import Document, parameters_of


def write_operation_data(document: Document, path: Path) -> None:
    """Write a template that sets `template_data`: of each operation, by the name of its module.

    `deprecated`: whether the operation is deprecated. `deprecated_parameters`: the place and name
    of each deprecated parameter.
    `joined`: the names of lists in the query that are sent as one text, with commas.
    """
    operation_data = {
        module_of(path_name, method, item[method]): _data_of(item, item[method], document)
        for path_name, item in document["paths"].items()
        for method in METHODS
        if method in item
    }
    path.write_text(f"{{% set operation_data = {operation_data!a} %}}\n", "utf-8")


def _data_of(item: Document, operation: Document, document: Document) -> Document:
    parameters = parameters_of(item, operation, document)
    return {
        "deprecated": operation.get("deprecated", False),
        "deprecated_parameters": [
            f"{each['in']} {each['name']}" for each in parameters if each.get("deprecated")
        ],
        "joined": [
            each["name"]
            for each in parameters
            if each["in"] == "query" and not each.get("explode", True)
        ],
    }
