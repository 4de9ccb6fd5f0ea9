"""A loop with plain httpx; the models are the dicts of the JSON, unchecked."""

import sys
from collections.abc import Iterator
from typing import Any

import httpx
from peak import peak_bytes

HEADERS = {"X-Api-Key": "any", "anthropic-version": "2023-06-01"}


def connected(base_url: str) -> httpx.Client:
    return httpx.Client(base_url=base_url, headers=HEADERS)


def models(client: httpx.Client, limit: int) -> Iterator[dict[str, Any]]:
    query: dict[str, str | int] = {"limit": limit}
    while True:
        response = client.get("/v1/models", params=query)
        response.raise_for_status()
        page = response.json()
        yield from page["data"]
        if not page["has_more"]:
            return
        query["after_id"] = page["last_id"]


def walk(client: httpx.Client, limit: int) -> int:
    return sum(1 for model in models(client, limit) if model["id"])


if __name__ == "__main__":
    with connected(sys.argv[1]) as client:
        print(walk(client, 1000), peak_bytes())
