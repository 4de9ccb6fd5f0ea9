"""What a user's editor sees: checked by mypy and pyright, never run."""

import datetime
from typing import Any, Literal, assert_type

import anthropic_models_generated
import httpx
from anthropic_models import (
    AnthropicModelsError,
    APIStatusError,
    AsyncClient,
    AsyncPage,
    AsyncPaginator,
    BetaModelInfo,
    BetaModelList,
    Client,
    KnownAnthropicBeta,
    Page,
    ResponseInfo,
    Resume,
)


def sync() -> None:
    with Client() as client:
        assert_type(client, Client)
        page = client.models.list(limit=20)
        assert_type(page, Page)
        for model in page:
            assert_type(model, BetaModelInfo)
            assert_type(model.id, str)
            assert_type(model.created_at, datetime.datetime)
            assert_type(model.display_name, str)
            assert_type(model.type_, Literal["model"])
        for following in page.iter_pages():
            assert_type(following, Page)
        assert_type(page.get_next_page(), Page)
        assert_type(page.has_next_page(), bool)
        assert_type(page.data, list[BetaModelInfo])
        assert_type(page.has_more, bool)
        assert_type(page.first_id, str | None)
        assert_type(page.last_id, str | None)
        assert_type(page.generated, BetaModelList)
        assert_type(page.response, ResponseInfo)
        assert_type(page.response.request_id, str | None)
        assert_type(page.response.headers, httpx.Headers)
        assert_type(page.to_dict(), dict[str, Any])
        assert_type(client.with_options(timeout=3), Client)
        assert_type(client.generated, anthropic_models_generated.Client)
        assert_type(client.close(), None)


async def asynchronous() -> None:
    async with AsyncClient() as client:
        assert_type(client, AsyncClient)
        assert_type(client.models.list(), AsyncPaginator)
        page = await client.models.list()
        assert_type(page, AsyncPage)
        async for model in client.models.list():
            assert_type(model, BetaModelInfo)
        async for model in page:
            assert_type(model, BetaModelInfo)
        async for following in page.iter_pages():
            assert_type(following, AsyncPage)
        assert_type(await page.get_next_page(), AsyncPage)
        assert_type(client.with_options(), AsyncClient)


def arguments(client: Client) -> None:
    client.models.list(betas="one")
    client.models.list(betas=KnownAnthropicBeta.SKILLS_2025_10_02)
    client.models.list(betas=["one", KnownAnthropicBeta.SKILLS_2025_10_02])
    client.models.list(betas=(beta for beta in KnownAnthropicBeta))
    client.models.list(extra_headers={"X-Mine": "1", "Accept": None})
    client.models.list(extra_query={"a": 1, "b": [True, "x"], "c": None})
    client.models.list(timeout=3)
    client.models.list(timeout=httpx.Timeout(3.0, read=None))
    # pyright and mypy must refuse these; an unused "ignore" would be an error.
    client.models.list(20)  # type: ignore[arg-type, call-arg]  # keyword only
    client.models.list(limit="20")  # type: ignore[arg-type]  # an int
    Client("key")  # type: ignore[call-arg]  # keyword only


def errors(client: Client) -> None:
    try:
        client.models.list()
    except APIStatusError as error:
        assert_type(error.status_code, int)
        assert_type(error.type, str | None)
        assert_type(error.retry_after, float | None)
    except AnthropicModelsError as error:
        assert_type(error.resume, Resume | None)
        if error.resume:
            assert_type(client.models.list(**error.resume), Page)
