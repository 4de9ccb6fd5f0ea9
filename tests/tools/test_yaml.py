"""openapi.yaml and overlays are read as YAML that all its versions read alike."""

from pathlib import Path

import pytest
import yaml

from generator.documents import SpecError, read_yaml, to_yaml


def read(folder: Path, content: str | bytes) -> object:
    path = folder / "original.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_yaml(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("openapi: [", "original.yaml, line "),
        (b"openapi: \xff", "original.yaml cannot be read: "),
        ("", "original.yaml is not a mapping; "),
        ("[]", "original.yaml is not a mapping; "),
        ("a: 1\nb: 2\na: 1", "original.yaml, line 3, column 1: the key 'a' is there twice; keep"),
        ("200: a", "original.yaml, line 1, column 1: the key 200 is no text; put it in quotes."),
        ("a:\n  <<: {b: 1}", "original.yaml, line 2, column 3: << is a merge of mappings"),
        *(
            (
                f"info:\n  version: {text}",
                f"original.yaml, line 2, column 12: {text} is {other} to",
            )
            for other, texts in {
                "a date": ["2026-11-24", "2025-05-14T00:00:00Z"],
                "true or false": ["yes", "No", "on", "OFF"],
                "another number": ["1:1", "010", "1_000", "0b11", ".inf", "1."],
                "a text": ["0o20", "1e3", "1.5e3"],
            }.items()
            for text in texts
        ),
    ],
)
def test_what_is_not_read_alike_is_refused_in_a_sentence(
    tmp_path: Path, content: str | bytes, reason: str
) -> None:
    with pytest.raises(SpecError) as refused:
        read(tmp_path, content)
    assert str(refused.value).startswith(reason)
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["2026-11-24", "yes", "1:1", "010", "1e3", "0o20", "<<", "1.0.0"])
def test_a_text_in_quotes_stays_one(tmp_path: Path, text: str) -> None:
    content = {"info": {"version": text}}
    assert read(tmp_path, f"info: {{version: '{text}'}}") == content
    assert yaml.safe_load(to_yaml(content)) == content


def test_numbers_and_booleans_that_all_read_alike_are_read(tmp_path: Path) -> None:
    text = "[0, -7, 1000, 1.5, -0.5, 1.0e+3, 0x3e8, true, False, null, ~]"
    wanted = [0, -7, 1000, 1.5, -0.5, 1000.0, 1000, True, False, None, None]
    assert read(tmp_path, f"a: {text}") == {"a": wanted}
