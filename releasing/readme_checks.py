"""Reads the README: its Python examples, and where its links and pictures lead."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from urllib.parse import urlsplit

from markdown_it import MarkdownIt


def python_examples(markdown: str) -> Sequence[str]:
    """Return the Python examples of a document, as printed."""
    return re.findall(r"^```python\n(.*?)^```", markdown, re.M | re.S)


def description_complaints(markdown: str) -> Sequence[str]:
    """Return which links and pictures lead nowhere outside the repository."""
    reader = _Targets()
    reader.feed(MarkdownIt().render(markdown))
    return [
        f"the description for PyPI leads to {target}, which is not there"
        for target in reader.targets
        if urlsplit(target).scheme not in ("https", "http", "mailto")
    ]


class _Targets(HTMLParser):
    """Collects what links and pictures point at."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See the start of an element."""
        self.targets += [value or "" for name, value in attrs if name in ("href", "src")]
