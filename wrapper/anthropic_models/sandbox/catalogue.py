"""The models that the sandbox lists, more recently released ones first."""

import datetime
from typing import Any

Model = dict[str, Any]

_WELL_KNOWN = (
    ("claude-opus-4-5-20251101", "Claude Opus 4.5", "2025-11-24"),
    ("claude-haiku-4-5-20251001", "Claude Haiku 4.5", "2025-10-15"),
    ("claude-sonnet-4-5-20250929", "Claude Sonnet 4.5", "2025-09-29"),
    ("claude-opus-4-1-20250805", "Claude Opus 4.1", "2025-08-05"),
    ("claude-opus-4-20250514", "Claude Opus 4", "2025-05-22"),
    ("claude-sonnet-4-20250514", "Claude Sonnet 4", "2025-05-22"),
    ("claude-3-7-sonnet-20250219", "Claude Sonnet 3.7", "2025-02-24"),
    ("claude-3-5-sonnet-20241022", "Claude Sonnet 3.5 (New)", "2024-10-22"),
    ("claude-3-5-haiku-20241022", "Claude Haiku 3.5", "2024-10-22"),
    ("claude-3-5-sonnet-20240620", "Claude Sonnet 3.5 (Old)", "2024-06-20"),
    ("claude-3-haiku-20240307", "Claude Haiku 3", "2024-03-07"),
    ("claude-3-opus-20240229", "Claude Opus 3", "2024-02-29"),
)


def well_known_models() -> list[Model]:
    """Return some models that exist, or existed; not a list of what the API offers today."""
    return [_model(id_, name, f"{date}T00:00:00Z") for id_, name, date in _WELL_KNOWN]


def made_up_models(count: int) -> list[Model]:
    """Return `count` models that do not exist, released a minute apart."""
    newest = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    return [
        _model(
            f"made-up-model-{count - i:06}",
            f"Made-up Model {count - i}",
            f"{newest - datetime.timedelta(minutes=i):%Y-%m-%dT%H:%M:%SZ}",
        )
        for i in range(count)
    ]


def _model(id_: str, display_name: str, created_at: str) -> Model:
    return {"type": "model", "id": id_, "display_name": display_name, "created_at": created_at}
