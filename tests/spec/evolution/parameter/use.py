"""Lists some models: by the operation's own parameter, and with `extra_query`."""

import asyncio

from anthropic_models import AsyncClient, Client
from anthropic_models_generated.api.models import list_models
from anthropic_models_generated.models import KnownExampleStage

USABLE = [KnownExampleStage.ACTIVE, KnownExampleStage.DEPRECATED]


async def asynchronous() -> None:
    async with AsyncClient() as client:
        await client.paginate(list_models.request(limit=20, example_stage=USABLE))
        await client.models.list(limit=20, extra_query={"example_stage": USABLE})


with Client() as client:
    client.paginate(list_models.request(limit=20, example_stage=USABLE))
    client.models.list(limit=20, extra_query={"example_stage": USABLE})
asyncio.run(asynchronous())
