"""Lists some models: through `client.generated`, and with the wrapper's `extra_query`."""

import asyncio

from anthropic_models import AsyncClient, BetaModelList, Client
from anthropic_models_generated.api.models import list_models
from anthropic_models_generated.models import KnownLifecycle

USABLE = [KnownLifecycle.ACTIVE, KnownLifecycle.DEPRECATED]


async def asynchronous() -> None:
    async with AsyncClient() as client:
        page = await list_models.asyncio(client=client.generated, lifecycle=USABLE)
        assert isinstance(page, BetaModelList)
        await client.models.list(limit=20, extra_query={"lifecycle": USABLE})


with Client() as client:
    page = list_models.sync(client=client.generated, lifecycle=USABLE)
    assert isinstance(page, BetaModelList)
    client.models.list(limit=20, extra_query={"lifecycle": USABLE})
asyncio.run(asynchronous())
