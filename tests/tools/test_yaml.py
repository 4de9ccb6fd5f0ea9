"""openapi.yaml and overlays are read as YAML, without dates and booleans that nobody meant."""

import re
from pathlib import Path

import pytest
import yaml

from generator.documents import SpecError, read_yaml, to_yaml


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"openapi: [", "truth.yaml cannot be read: "),
        (b"openapi: \xff", "truth.yaml cannot be read: "),
        (b"", "truth.yaml is not a mapping."),
        (b"[]", "truth.yaml is not a mapping."),
        (None, "truth.yaml cannot be read: "),
    ],
)
def test_a_document_that_is_no_yaml_mapping_is_refused_by_name(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    truth = tmp_path / "truth.yaml"
    if content is not None:
        truth.write_bytes(content)
    with pytest.raises(SpecError, match=f"^{re.escape(reason)}"):
        read_yaml(truth)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        *((text, "a date") for text in ("2026-11-24", "2025-05-14T00:00:00Z")),
        *((text, "true or false") for text in ("yes", "No", "on", "OFF")),
    ],
)
def test_what_some_tools_take_for_a_date_or_a_boolean_must_be_quoted(
    tmp_path: Path, text: str, other: str
) -> None:
    truth = tmp_path / "truth.yaml"
    truth.write_text(f"info:\n  version: {text}\n", "utf-8")
    advice = f"{text} is {other} to YAML 1.1 and a text to YAML 1.2; put it in quotes\n"
    with pytest.raises(SpecError, match=f"{advice}.*line 2, column 12"):
        read_yaml(truth)
    truth.write_text(f"info:\n  version: '{text}'\n", "utf-8")
    assert read_yaml(truth) == {"info": {"version": text}}
    assert yaml.safe_load(to_yaml(read_yaml(truth))) == read_yaml(truth)


def test_what_every_tool_takes_for_a_boolean_is_one(tmp_path: Path) -> None:
    truth = tmp_path / "truth.yaml"
    truth.write_text("required: true\ndeprecated: false\n", "utf-8")
    assert read_yaml(truth) == {"required": True, "deprecated": False}
