"""Lists some models: by the operation's own parameter, and with `extra_query`."""

import asyncio

from anthropic_models import AsyncClient, Client
from anthropic_models_generated.api.models import list_models
from anthropic_models_generated.models import KnownLifecycle

USABLE = [KnownLifecycle.ACTIVE, KnownLifecycle.DEPRECATED]


async def asynchronous() -> None:
    async with AsyncClient() as client:
        await client.paginate(list_models.request(limit=20, lifecycle=USABLE))
        await client.models.list(limit=20, extra_query={"lifecycle": USABLE})


with Client() as client:
    client.paginate(list_models.request(limit=20, lifecycle=USABLE))
    client.models.list(limit=20, extra_query={"lifecycle": USABLE})
asyncio.run(asynchronous())
