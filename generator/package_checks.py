"""Proves that a freshly generated package is what the document says, before it is swapped in.

    python -m generator.package_checks DOCUMENT

Runs in a process of its own, with the package on PYTHONPATH, and prints one sentence for the first
thing that is wrong. `prove` starts it, and mypy beside it.
"""

import ast
import datetime
import importlib
import inspect
import os
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from io import BytesIO
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, TypeGuard, Union, cast, get_args, get_origin, get_type_hints
from urllib.parse import quote, unquote
from uuid import UUID

from generator.document_json import document_json
from generator.documents import Document, parameters_of, read_yaml, resolved

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "anthropic_models_generated"
_LIST = "anthropic_models._core.list_models"
# What a class of a schema cannot be called, since generated modules import it from elsewhere.
_TAKEN = {
    "Any", "AuthenticatedClient", "BytesIO", "ClassVar", "Client", "Fields", "File", "HTTPStatus",
    "IntEnum", "Mapping", "Request", "Response", "Self", "StrEnum", "SuccessResponse", "UNSET",
    "UUID", "Unset",
}  # fmt: skip
# Where a parameter is sent, and the argument of the generated call that holds those of its kind.
_ARGUMENTS = {"path": "path_values", "query": "query", "header": "headers", "cookie": "cookies"}


class ProofError(Exception):
    """The generated package is not what the document says; the message is one sentence."""


def prove(document: Path, folder: Path) -> None:
    """Check the package in `folder` against the document; raises ProofError."""
    paths = [folder, ROOT / "wrapper", ROOT]
    path = os.pathsep.join(map(str, paths))
    cache = {"MYPY_CACHE_DIR": str(ROOT / ".mypy_cache" / "proof")}
    environment = {**cache, **os.environ, "PYTHONPATH": path, "MYPYPATH": path}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"  # the folder holds what is swapped in
    commands = [
        ["generator.package_checks", str(document)],
        [
            *("mypy", "--strict", "--no-error-summary", "--config-file="),
            *("-p", PACKAGE, "-p", "anthropic_models"),
        ],
    ]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=folder,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for command in commands
    ]
    outputs = [process.communicate()[0].strip() for process in running]
    if running[0].returncode:
        raise ProofError(outputs[0])
    if running[1].returncode:
        first = outputs[1].partition("\n")[0]
        sentence = (
            f"openapi.yaml: the generated package does not type-check ({first}); "
            "describe what the line is made of in another way."
        )
        raise ProofError(f"{sentence}\n\n{outputs[1]}")


def main() -> int:
    """Run all checks on the package that is imported; return the exit code."""
    try:
        check(read_yaml(Path(sys.argv[1])))
    except ProofError as error:
        print(error)
        return 1
    return 0


def check(document: Document) -> None:
    """Check the package that is imported against the document; raises ProofError."""
    modules = _modules()
    for name, operation in document_json(document)["operations"].items():
        _check_operation(name, operation, modules, document)
    _check_schemas(document)
    _check_list()


def _check_list() -> None:
    """Check that client.models.list can build its request."""
    try:
        sys.modules[_LIST].list_request(after_id=None, before_id=None, limit=None)
    except (TypeError, KeyError) as error:
        raise ProofError(
            f"openapi.yaml, list_models: client.models.list cannot build its request ({error}); "
            "give a required parameter a `default` and keep the names of others, or change "
            "wrapper/anthropic_models/_core/list_models.py."
        ) from error


def _modules() -> dict[str, ModuleType]:
    """Import the wrapper and every module of the package; return those of operations by name."""
    package = importlib.import_module(PACKAGE)
    names = [info.name for info in pkgutil.walk_packages(package.__path__, f"{PACKAGE}.")]
    taken = _TAKEN.intersection(_imported(f"{PACKAGE}.models").__all__)
    if taken:
        raise ProofError(
            f"openapi.yaml: a schema would become the class {min(taken)}, a name that the "
            "generated package has for something else; give the schema another name or title."
        )
    _imported("anthropic_models", *_imported("anthropic_models").__all__)
    for name in (_LIST, *names):
        _imported(name)
    operations = (name for name in names if name.startswith(f"{PACKAGE}.api."))
    return {name.rpartition(".")[2]: sys.modules[name] for name in operations}


def _imported(name: str, *attributes: str) -> ModuleType:
    try:
        module = importlib.import_module(name)
        for attribute in attributes:
            getattr(module, attribute)
        return module
    except Exception as error:
        problem = re.sub(r" \(/.*\)", "", f"{type(error).__name__}: {error}")
        raise ProofError(
            f"openapi.yaml: with what is generated of it, {name} cannot be imported ({problem}); "
            "give the schemas, operations and tags that the wrapper stands on their names back, "
            "and others names that Python can use."
        ) from error


def _check_operation(
    name: str, operation: Document, modules: dict[str, ModuleType], document: Document
) -> None:
    where = f"{operation['method']} {operation['path']}"
    if not hasattr(modules.get(name), "request"):
        raise ProofError(
            f"openapi.yaml, {where}: it is not in the generated package; give it an "
            "operationId that no other has."
        )
    module = modules[name]
    described = document["paths"][operation["path"]]
    own = described[operation["method"].lower()]
    sent = sent_arguments(module)
    # Generated code names the values of a path after the arguments, in the order of the path.
    places = dict.fromkeys(re.findall(r"\{(.+?)\}", operation["path"]))
    sent["path"] = dict(zip(places, sent["path"].values(), strict=False))
    for parameter in parameters_of(described, own, document):
        argument = sent.get(parameter["in"], {}).get(parameter["name"])
        if argument is None:
            raise ProofError(
                f"openapi.yaml, {where}: the parameter {parameter['name']} is not in the "
                "generated request(); give it another name, or another style."
            )
        for example in _examples(parameter, document):
            _check_wire(where, module, parameter, argument, example)
    for status, response in own["responses"].items():
        for media in resolved(response, document).get("content", {}).values():
            if operation["responses"].get(str(status)) == media.get("schema", {}):
                for example in _examples(media, document):
                    _check_body(where, name, str(status), module, example)


def sent_arguments(module: ModuleType) -> dict[str, dict[str, str]]:
    """Return the Python arguments of request() by the place and the name of their parameters."""
    (function,) = [
        node
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.FunctionDef) and node.name == "request"
    ]
    (call,) = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "_build"
    ]
    found: dict[str, dict[str, str]] = {}
    for place, keyword in _ARGUMENTS.items():
        (given,) = [k.value for k in call.keywords if k.arg == keyword] or [ast.Dict([], [])]
        pairs = zip(cast(ast.Dict, given).keys, cast(ast.Dict, given).values, strict=True)
        found[place] = {
            str(key.value): argument.id
            for key, value in pairs
            for argument in [value.orelse if isinstance(value, ast.IfExp) else value]
            if isinstance(key, ast.Constant) and isinstance(argument, ast.Name)
        }
    return found


def _examples(node: Document, document: Document) -> Iterator[Any]:
    """Yield the examples of a parameter or of a media type, its schema's included."""
    if "example" in node:
        yield node["example"]
    for example in node.get("examples", {}).values():
        example = resolved(example, document)
        if "value" in example:
            yield example["value"]
    schema = resolved(node.get("schema", {}), document)
    yield from schema.get("examples", [])


def _check_wire(
    where: str, module: ModuleType, parameter: Document, argument: str, example: Any
) -> None:
    """Check that an example of a parameter is sent as its style and explode say."""
    hint = get_type_hints(module.request)[argument]
    wanted = _serialized(parameter, example)
    kinds = [get_origin(member) or member for member in _members(hint)]
    if _is_list(example) and str in kinds and list not in kinds:
        example = ",".join(example)  # an overlay makes it a string
    others = {
        name: _Body() if name == "body" else "x"
        for name, other in inspect.signature(module.request).parameters.items()
        if other.default is inspect.Parameter.empty and name != argument
    }
    request = module.request(**others, **{argument: as_argument(example, hint)})
    name = parameter["name"]
    match parameter["in"]:
        case "query":
            names = {pair[0] for pair in wanted} or {name}
            got = [pair for pair in request.query if pair[0] in names]
        case "header":
            got = [(name, text) for text in [request.headers.get(name)] if text is not None]
        case "cookie":
            got = [(name, request.headers["cookie"].partition("=")[2])]
        case _:
            got = [(name, _value_in_path(request.path, where.partition(" ")[2], name))]
    # Each text of a list by itself, since a date-time may be sent as the same instant in UTC.
    one, other = ([[key, *text.split(",")] for key, text in pairs] for pairs in (got, wanted))
    if not _is_equal(one, other):
        raise ProofError(
            f"openapi.yaml, {where}: the example {example!r} of the parameter {name} is sent as "
            f"{got!r}, but should be sent as {wanted!r}; describe it with another style."
        )


class _Body:
    """Stands in for a body of any kind while a parameter is tried."""

    def __init__(self) -> None:
        self.payload = BytesIO()

    def to_dict(self) -> dict[str, object]:
        return {}


def _value_in_path(sent: str, path: str, name: str) -> str:
    """Return the value that a path has for a name; percent-encoded if it should not be so."""
    parts = re.split(r"(\{.+?\})", path)
    pattern = "".join(
        "(.*)" if part == f"{{{name}}}" else ".*" if part[:1] == "{" else re.escape(part)
        for part in parts
    )
    found = re.fullmatch(pattern, sent)
    value = unquote(found[1]) if found else ""
    return value if found and quote(value, safe="") == found[1] else sent


def _serialized(parameter: Document, example: Any) -> list[tuple[str, str]]:
    """Return what OpenAPI says is sent of a value: pairs of names and texts."""
    name, place = parameter["name"], parameter["in"]
    style = parameter.get("style", "form" if place in ("query", "cookie") else "simple")
    explode = parameter.get("explode", style == "form")
    if style not in ("form", "simple"):
        raise ProofError(
            f"openapi.yaml: the style {style} of the parameter {name} is not generated; use form "
            "or simple."
        )
    if example is None:
        return []
    if _is_object(example) and style == "form" and explode:
        return [(key, _text(value)) for key, value in example.items()]
    if _is_list(example) and style == "form" and explode:
        return [(name, _text(item)) for item in example]
    items: list[Any] = example if _is_list(example) else [example]
    return [(name, ",".join(map(_text, items)))]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_argument(example: Any, hint: Any) -> Any:
    """Return an example as what an annotation of the generated code asks for."""
    members = _members(hint)
    if _is_list(example):
        inner = next((get_args(m)[0] for m in members if get_args(m)), Any)
        return [as_argument(item, inner) for item in example]
    for member in members:
        if _is_object(example) and hasattr(member, "from_dict"):
            return member.from_dict(example)
        if isinstance(example, str) and isinstance(member, type):
            if issubclass(member, Enum) and example in [each.value for each in member]:
                return member(example)
            if member is datetime.datetime:
                return _values().date_time(example)
            if member is datetime.date:
                return member.fromisoformat(example)
            if member is UUID:
                return UUID(example)
    return example


def _members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _values() -> ModuleType:
    return importlib.import_module(f"{PACKAGE}.values")


def _check_body(where: str, name: str, status: str, module: ModuleType, example: Any) -> None:
    """Check that an example of a success response is valid, parses, and comes back equal."""
    mismatch = importlib.import_module(f"{PACKAGE}.document").mismatch(name, status, example)
    if mismatch is not None:
        place, problem = mismatch
        raise ProofError(
            f"openapi.yaml, {where}: an example of the response {status} is not valid: "
            f"{place or 'the whole'} {problem}."
        )
    request = next(each for each in module._SUCCESSES if each.status == status)
    try:
        back = _values().plain(request.parse(example))
    except Exception as error:
        raise ProofError(
            f"openapi.yaml, {where}: an example of the response {status} cannot be parsed by what "
            f"is generated ({type(error).__name__}: {error}); describe it in another way."
        ) from error
    if not _is_equal(back, example):
        raise ProofError(
            f"openapi.yaml, {where}: an example of the response {status} comes back as {back!r} "
            f"from the generated class, but is {example!r}."
        )


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _is_equal(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal; date-times are as instants, UUIDs in any case."""
    if _is_object(one) and _is_object(other):
        return one.keys() == other.keys() and all(
            _is_equal(value, other[key]) for key, value in one.items()
        )
    if _is_list(one) and _is_list(other):
        return len(one) == len(other) and all(map(_is_equal, one, other))
    if isinstance(one, str) and isinstance(other, str) and one != other:
        for parse in (_values().date_time, UUID):
            with suppress(ValueError, TypeError):  # or one has no offset
                return bool(parse(one) == parse(other))
        return False
    return type(one) is type(other) and bool(one == other)


def _check_schemas(document: Document) -> None:
    """Check that every field and every value of an enumeration is in the package."""
    models = importlib.import_module(f"{PACKAGE}.models")
    classes = {name.lower(): getattr(models, name) for name in models.__all__}
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        found = classes.get(name.lower().replace("_", "").replace("-", ""))
        if not _is_object(schema) or found is None:
            continue
        place = f"openapi.yaml, #/components/schemas/{name}"
        fields = set(getattr(found, "_attributes", {}))
        for field in schema.get("properties", {}):
            if hasattr(found, "_attributes") and field not in fields:
                raise ProofError(
                    f"{place}: the field {field} is not in the class {found.__name__}; give it "
                    "another name."
                )
        if "enum" in schema and isinstance(found, type) and issubclass(found, Enum):
            missing = [
                v for v in schema["enum"] if v is not None and v not in [m.value for m in found]
            ]
            if missing:
                raise ProofError(
                    f"{place}: {missing[0]!r} becomes the same name as another value; "
                    "list one of the two."
                )


if __name__ == "__main__":
    sys.exit(main())
