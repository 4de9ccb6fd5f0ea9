"""What Schemathesis cannot know about openapi.yaml; read by its command line."""

from typing import Any

import schemathesis


@schemathesis.hook
def filter_case(_context: Any, case: Any) -> bool:
    """Leave out headers that are wrong in the mind only.

    Any text is a version, and any text is a list of betas. Only a header that is missing is wrong.
    """
    headers = case.meta.components.get("header")
    wrong = headers is not None and headers.mode.is_negative
    return not wrong or "anthropic-version" not in case.headers


@schemathesis.hook
def before_call(_context: Any, case: Any, _arguments: Any) -> None:
    """Mend what fits the document and is refused nevertheless: two cursors, and what is empty."""
    if "after_id" in case.query:
        # Otherwise nearly every request would be refused for this, and for nothing else.
        case.query.pop("before_id", None)
    if case.meta is not None and case.meta.generation.mode.is_positive:
        for cursor in ("after_id", "before_id"):
            if case.query.get(cursor) == "":
                del case.query[cursor]
        if case.headers.get("anthropic-version") == "":
            case.headers["anthropic-version"] = "2023-06-01"
