"""This project's wrapper."""

import sys
from collections.abc import AsyncIterator, Iterator

import anthropic_models
from anthropic_models import BetaModelInfo, Client
from anthropic_models_generated.api.models import list_models
from peak import peak_bytes


def connected(base_url: str) -> Client:
    return Client(base_url=base_url, api_key="any")


def first_page(client: Client, limit: int) -> int:
    return len(client.models.list(limit=limit).data)


def send_one(client: Client, limit: int) -> int:
    return len(client.send(list_models.request(limit=limit)).data)


def walk(client: Client, limit: int | None) -> int:
    return sum(1 for model in client.models.list(limit=limit) if model.id)


def models(client: Client, limit: int) -> Iterator[BetaModelInfo]:
    yield from client.models.list(limit=limit)


def keep(client: Client, limit: int) -> list[BetaModelInfo]:
    return list(client.models.list(limit=limit))


def pages(client: Client, limit: int) -> Iterator[int]:
    for page in client.models.list(limit=limit, prefetch=True).iter_pages():
        yield len(page.data)


def connected_async(base_url: str) -> "anthropic_models.AsyncClient":
    return anthropic_models.AsyncClient(base_url=base_url, api_key="any")


async def walk_async(client: "anthropic_models.AsyncClient", limit: int | None) -> int:
    count = 0
    async for model in client.models.list(limit=limit):
        count += bool(model.id)
    return count


async def pages_async(client: "anthropic_models.AsyncClient", limit: int) -> AsyncIterator[int]:
    first = await client.models.list(limit=limit, prefetch=True)
    async for page in first.iter_pages():
        yield len(page.data)


if __name__ == "__main__":
    with connected(sys.argv[1]) as client:
        print(walk(client, 1000), peak_bytes())
