"""The official SDK."""

import sys
from collections.abc import Iterator

import anthropic
from peak import peak_bytes


def connected(base_url: str) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=base_url, api_key="any")


def first_page(client: anthropic.Anthropic, limit: int) -> int:
    return len(client.models.list(limit=limit).data)


def walk(client: anthropic.Anthropic, limit: int | None) -> int:
    page = client.models.list() if limit is None else client.models.list(limit=limit)
    return sum(1 for model in page if model.id)


def models(client: anthropic.Anthropic, limit: int) -> Iterator[object]:
    yield from client.models.list(limit=limit)


def keep(client: anthropic.Anthropic, limit: int) -> list[object]:
    return list(client.models.list(limit=limit))


def connected_async(base_url: str) -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(base_url=base_url, api_key="any")


async def walk_async(client: anthropic.AsyncAnthropic, limit: int | None) -> int:
    listing = client.models.list() if limit is None else client.models.list(limit=limit)
    count = 0
    async for model in listing:
        count += bool(model.id)
    return count


if __name__ == "__main__":
    with connected(sys.argv[1]) as client:
        print(walk(client, 1000), peak_bytes())
