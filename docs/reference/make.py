"""`make reference`: writes dist/reference/, the API reference, from the docstrings of the wrapper.

python -m docs.reference.make [FOLDER]
"""

import importlib
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import pdoc.doc
import pdoc.render
from anthropic_models import __version__
from anthropic_models_generated import models
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

HERE = Path(__file__).resolve().parent
MODULES = ("anthropic_models", "anthropic_models.sandbox", "anthropic_models.pytest_plugin")
OURS = ("anthropic_models", "anthropic_models_generated")
FIRST = ("Client", "AsyncClient", "Page", "AsyncPage", "AsyncPaginator", "ResponseInfo")
"""What most readers look for. The rest follows in alphabetical order, errors last."""


def main(target: Path) -> None:
    """Write the pages into the folder `target`, in the place of what was there."""
    modules = {name: _module(name) for name in MODULES}
    package = modules[OURS[0]]
    package.submodules = [module for module in modules.values() if module is not package]
    pdoc.render.configure(
        docformat="google",
        show_source=False,
        footer_text=f"anthropic-models-client {__version__}",
        template_directory=HERE / "templates",
    )
    rename = _as_users_name_them(package)
    _rename_before_linking(rename)
    shutil.rmtree(target, ignore_errors=True)
    for name, module in modules.items():
        page = target / f"{name.replace('.', '/')}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(pdoc.render.html_module(module, modules), "utf-8")
    (target / "index.html").write_text(pdoc.render.html_index(modules), "utf-8")
    (target / "search.js").write_text(rename(pdoc.render.search_index(modules)), "utf-8")


def _module(name: str) -> pdoc.doc.Module:
    module = importlib.import_module(name)
    for public in getattr(module, "__all__", ()):
        # pdoc reads the module's __dict__, which lacks names that are not imported yet.
        setattr(module, public, getattr(module, public))
    found = pdoc.doc.Module(module)
    for kind in found.classes:
        # The public classes inherit from private ones, which have no page of their own.
        kind.bases = [base for base in kind.bases if not _is_private(base[0])]
        kind.own_members = list(_members(kind))
    found.members = _ordered(found)
    return found


def _ordered(module: Any) -> dict[str, Any]:  # pdoc has no type for members
    return dict(sorted(module.members.items(), key=_place))


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in OURS


def _is_private(module: str) -> bool:
    return _is_ours(module) and "._" in module


def _place(item: tuple[str, Any]) -> tuple[int, list[str]]:
    name, member = item
    if isinstance(member, pdoc.doc.Class) and issubclass(member.obj, BaseException):
        return len(FIRST) + 1, [kind.__name__ for kind in reversed(member.obj.__mro__)]
    return FIRST.index(name) if name in FIRST else len(FIRST), [name]


def _members(kind: Any) -> Iterator[pdoc.doc.Doc[Any]]:
    """Yield the members of a class, inherited or not: __init__, `models.list`, everything else."""
    members: dict[str, Any] = kind.members
    ours = {name: m for name, m in members.items() if _is_ours(m.taken_from[0])}
    for member in ours.values():
        if isinstance(member, pdoc.doc.Function):
            member.signature = _concrete(member.signature, kind.obj)
        elif isinstance(value := getattr(member, "default_value", None), Enum):
            member.default_value_str = repr(value.value)
    if made := ours.pop("__init__", None):
        yield made
    yield from _reached_through_properties(kind)
    yield from ours.values()


def _reached_through_properties(kind: pdoc.doc.Class) -> Iterator[pdoc.doc.Function]:
    """Yield `models.list` of a client, since `Models` is not exported."""
    for attribute, member in vars(kind.obj).items():
        held = get_type_hints(member.fget)["return"] if isinstance(member, property) else None
        if (
            attribute.startswith("_")
            or not isinstance(held, type)
            or not _is_ours(held.__module__)
        ):
            continue
        for method in pdoc.doc.Class(held.__module__, held.__qualname__, held, ("", "")).methods:
            if method.name.startswith("_"):
                continue
            name = f"{attribute}.{method.name}"
            qualname = f"{kind.qualname}.{name}"
            function = getattr(held, method.name)
            found = pdoc.doc.Function(kind.modulename, qualname, function, ("", qualname))
            found.name = name
            found.signature = _concrete(method.signature_without_self, held)
            yield found


def _concrete(signature: Any, kind: type) -> Any:
    """Put the actual types of a class in place of the type variables of its generic base."""
    actual: dict[TypeVar, Any] = {}
    for base in getattr(kind, "__orig_bases__", ()):  # e.g. BaseClient[httpx.Client]
        names: tuple[TypeVar, ...] = getattr(get_origin(base), "__parameters__", ())
        actual |= dict(zip(names, get_args(base), strict=False))
    parameters = [
        parameter.replace(annotation=_put_in(parameter.annotation, actual))
        for parameter in signature.parameters.values()
    ]
    returned = _put_in(signature.return_annotation, actual)
    return signature.replace(parameters=parameters, return_annotation=returned)


def _put_in(annotation: Any, actual: Mapping[TypeVar, Any]) -> Any:
    if isinstance(annotation, TypeVar):
        return actual.get(annotation, annotation)
    names: Any = getattr(annotation, "__parameters__", None)
    if not actual or not isinstance(names, tuple) or not names:
        return annotation
    found = annotation[tuple(actual.get(name, name) for name in cast(tuple[TypeVar, ...], names))]
    return reduce(_or, get_args(found)) if get_origin(found) is Union else found


def _or(one: Any, other: Any) -> Any:
    return one | other


def _as_users_name_them(package: pdoc.doc.Module) -> Callable[[str], str]:
    """Return a function that replaces where a class is defined by its public name."""
    dot = '</span><span class="o">.</span><span class="n">'  # in highlighted code
    public = {kind.obj: kind.fullname for kind in package.classes}
    generated = {getattr(models, name): f"{models.__name__}.{name}" for name in models.__all__}
    names: dict[str, str] = {}
    for kind, name in (generated | public).items():
        defined = f"{kind.__module__}.{kind.__qualname__}"
        for between in (".", dot, dot.replace('"', r"\"")):  # the last one in search.js
            names[defined.replace(".", between)] = name.replace(".", between)
    any_name = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")
    return lambda text: any_name.sub(lambda found: names[found[0]], text)


def _rename_before_linking(rename: Callable[[str], str]) -> None:
    filters = cast(dict[str, Callable[..., Markup]], pdoc.render.env.filters)
    linkify = filters["linkify"]

    @pass_context
    def renamed(context: Context, code: str, namespace: str = "", shorten: bool = True) -> Markup:
        return linkify(context, rename(str(code)), namespace, shorten)

    filters["linkify"] = renamed


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else HERE.parents[1] / "dist" / "reference")
