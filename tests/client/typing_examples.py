"""What a user's editor sees: checked by mypy and pyright, never run."""

import datetime
from typing import Literal, assert_type

import httpx
from anthropic_models import (
    AnthropicModelsError,
    APIStatusError,
    AsyncClient,
    AsyncPage,
    AsyncPaginator,
    BetaModelInfo,
    Client,
    KnownAnthropicBeta,
    Page,
    Resume,
)
from anthropic_models_generated.api.models import list_models


def sync() -> None:
    with Client() as client:
        assert_type(client, Client)
        assert_type(client.with_options(timeout=3), Client)
        page = client.models.list(limit=20)
        assert_type(page, Page[BetaModelInfo])
        assert_type(page.data, list[BetaModelInfo])
        assert_type(page.get_next_page(), Page[BetaModelInfo])
        for model in page:
            assert_type(model, BetaModelInfo)
            assert_type(model.created_at, datetime.datetime)
            assert_type(model.type_, Literal["model"])
        for following in page.iter_pages():
            assert_type(following, Page[BetaModelInfo])


async def asynchronous() -> None:
    async with AsyncClient() as client:
        assert_type(client, AsyncClient)
        assert_type(client.with_options(), AsyncClient)
        assert_type(client.models.list(), AsyncPaginator[BetaModelInfo])
        page = await client.models.list()
        assert_type(page, AsyncPage[BetaModelInfo])
        assert_type(await page.get_next_page(), AsyncPage[BetaModelInfo])
        async for model in client.models.list():
            assert_type(model, BetaModelInfo)
        async for model in page:
            assert_type(model, BetaModelInfo)
        async for following in page.iter_pages():
            assert_type(following, AsyncPage[BetaModelInfo])


def arguments(client: Client) -> None:
    client.models.list(betas=["one", KnownAnthropicBeta.SKILLS_2025_10_02])
    client.models.list(betas=(beta for beta in KnownAnthropicBeta))
    client.models.list(extra_headers={"X-Mine": "1", "Accept": None})
    client.models.list(extra_query={"a": 1, "b": [True, "x"], "c": None})
    client.models.list(timeout=httpx.Timeout(3.0, read=None))
    client.send(list_models.request(), betas="one", extra_headers={"A": None}, max_retries=0)
    # pyright and mypy must refuse these; an unused "ignore" would be an error.
    client.models.list(20)  # type: ignore[arg-type, call-arg]  # keyword only
    client.models.list(limit="20")  # type: ignore[arg-type]  # an int
    client.models.list(no_such=1)  # type: ignore[call-arg]  # no argument
    client.send(list_models.request(), max_items=3)  # type: ignore[call-arg]  # of paginate
    Client("key")  # type: ignore[call-arg]  # keyword only


def errors(client: Client) -> None:
    try:
        client.models.list()
    except APIStatusError as error:
        assert_type(error.retry_after, float | None)
    except AnthropicModelsError as error:
        assert_type(error.resume, Resume | None)
        if error.resume:
            assert_type(client.models.list(**error.resume), Page[BetaModelInfo])
