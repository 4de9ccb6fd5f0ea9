"""Patches the generator's templates as templates.yaml says, which has a reason for each change."""

import shutil
from importlib.metadata import distribution
from pathlib import Path
from typing import TypedDict, cast

from generator.documents import read_yaml


class TemplateError(Exception):
    """A change does not fit the generator's templates; the message says which."""


class Change(TypedDict):
    """One change of one template; `because` is its reason."""

    template: str
    because: str
    replace: str
    by: str


def changed_templates(changes: Path, folder: Path) -> Path:
    """Write the templates that the file `changes` names into `folder`, changed, beside our own.

    Raises TemplateError when a text to replace is not there exactly once.
    """
    for path in changes.with_suffix("").glob("*.jinja"):
        shutil.copy(path, folder)
    for change in cast(list[Change], read_yaml(changes)["changes"]):
        path = folder / change["template"]
        # A template may be changed in several places.
        text = (path if path.exists() else _original(change["template"])).read_text("utf-8")
        if text.count(change["replace"]) != 1:
            raise TemplateError(
                f"{changes.name}: {change['replace'].strip()!r} is not exactly once in the "
                f"generator's {change['template']}. Look at that template; fix the change, "
                "or remove it if it is no longer needed."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(change["replace"], change["by"]), "utf-8")
    return folder


def _original(template: str) -> Path:
    generator = distribution("openapi-python-client")
    path = Path(str(generator.locate_file(f"openapi_python_client/templates/{template}")))
    if not path.is_file():
        raise TemplateError(f"the generator has no template {template} any more")
    return path
