"""The standard library alone: http.client, json, and the wrapper's models built by hand."""

import datetime
import json
from contextlib import AbstractContextManager, closing
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from anthropic_models_generated.models import BetaModelInfo

HEADERS = {"X-Api-Key": "any", "anthropic-version": "2023-06-01"}


def connected(base_url: str) -> AbstractContextManager[HTTPConnection]:
    return closing(HTTPConnection(urlsplit(base_url).netloc))


def walk(connection: HTTPConnection, limit: int) -> int:
    count = 0
    target = f"/v1/models?limit={limit}"
    while True:
        connection.request("GET", target, headers=HEADERS)
        page = json.loads(connection.getresponse().read())
        count += sum(1 for model in map(built, page["data"]) if model.id)
        if not page["has_more"]:
            return count
        target = f"/v1/models?limit={limit}&after_id={page['last_id']}"


def built(model: dict[str, Any]) -> BetaModelInfo:
    return BetaModelInfo(
        id=model["id"],
        created_at=datetime.datetime.fromisoformat(model["created_at"]),
        display_name=model["display_name"],
        type_=model["type"],
    )
