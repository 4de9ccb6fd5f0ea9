"""Gets one model, sync and async."""

import asyncio

from anthropic_models import AsyncClient, BetaModelInfo, Client
from anthropic_models_generated.api.models import get_example


async def asynchronous() -> None:
    async with AsyncClient(betas=["a", "b"], default_headers={"X-Team": "ours"}) as client:
        model = await client.send(get_example.request("claude/next"))
    assert isinstance(model, BetaModelInfo)
    print(model.display_name)


with Client(betas=["a"], default_headers={"anthropic-version": "2027-01-01"}) as client:
    model = client.send(get_example.request("claude-next"))
    assert isinstance(model, BetaModelInfo)
    print(model.display_name)
    other = client.send(get_example.request("claude-next", anthropic_beta="other"))
    assert isinstance(other, BetaModelInfo)
asyncio.run(asynchronous())
