"""What a user's editor sees: checked by mypy and pyright, never run."""

import datetime
from typing import Any, Literal, assert_type

import httpx
from anthropic_models import (
    AnthropicModelsError,
    APIResponse,
    APIStatusError,
    AsyncClient,
    AsyncPage,
    AsyncPaginator,
    BetaModelInfo,
    BetaModelList,
    Client,
    KnownAnthropicBeta,
    Page,
    Request,
    ResponseInfo,
    Resume,
)
from anthropic_models_generated.api.models import list_models


def sync() -> None:
    with Client() as client:
        assert_type(client, Client)
        page = client.models.list(limit=20)
        assert_type(page, Page[BetaModelInfo])
        for model in page:
            assert_type(model, BetaModelInfo)
            assert_type(model.id, str)
            assert_type(model.created_at, datetime.datetime)
            assert_type(model.display_name, str)
            assert_type(model.type_, Literal["model"])
        for following in page.iter_pages():
            assert_type(following, Page[BetaModelInfo])
        assert_type(page.get_next_page(), Page[BetaModelInfo])
        assert_type(page.has_next_page(), bool)
        assert_type(page.data, list[BetaModelInfo])
        assert_type(page.has_more, bool)
        assert_type(page.first_id, str | None)
        assert_type(page.last_id, str | None)
        assert_type(page.next_page, str | None)
        assert_type(page.response, ResponseInfo)
        assert_type(page.response.request_id, str | None)
        assert_type(page.response.headers, httpx.Headers)
        assert_type(page.to_dict(), dict[str, Any])
        assert_type(page.to_json(), str)
        assert_type(client.with_options(timeout=3), Client)
        assert_type(client.close(), None)


async def asynchronous() -> None:
    async with AsyncClient() as client:
        assert_type(client, AsyncClient)
        assert_type(client.models.list(), AsyncPaginator[BetaModelInfo])
        page = await client.models.list()
        assert_type(page, AsyncPage[BetaModelInfo])
        async for model in client.models.list():
            assert_type(model, BetaModelInfo)
        async for model in page:
            assert_type(model, BetaModelInfo)
        async for following in page.iter_pages():
            assert_type(following, AsyncPage[BetaModelInfo])
        assert_type(await page.get_next_page(), AsyncPage[BetaModelInfo])
        assert_type(client.with_options(), AsyncClient)


def any_operation(client: Client) -> None:
    request = list_models.request(limit=5)
    assert_type(request, Request[BetaModelList])
    assert_type(client.send(request), BetaModelList)
    detailed = client.send_detailed(request, timeout=3)
    assert_type(detailed, APIResponse[BetaModelList])
    assert_type(detailed.parsed, BetaModelList)
    assert_type(detailed.response, ResponseInfo)
    assert_type(client.paginate(request, max_items=3, prefetch=True), Page[BetaModelInfo])
    assert_type(client.send(Request("GET", "/v1/new")), Any)


async def any_operation_async(client: AsyncClient) -> None:
    request = list_models.request(limit=5)
    assert_type(await client.send(request), BetaModelList)
    assert_type(await client.send_detailed(request), APIResponse[BetaModelList])
    assert_type(client.paginate(request), AsyncPaginator[BetaModelInfo])
    assert_type(await client.send(Request("GET", "/v1/new")), Any)


def arguments(client: Client) -> None:
    client.models.list(betas="one")
    client.models.list(betas=KnownAnthropicBeta.SKILLS_2025_10_02)
    client.models.list(betas=["one", KnownAnthropicBeta.SKILLS_2025_10_02])
    client.models.list(betas=(beta for beta in KnownAnthropicBeta))
    client.models.list(extra_headers={"X-Mine": "1", "Accept": None})
    client.models.list(extra_query={"a": 1, "b": [True, "x"], "c": None})
    client.models.list(timeout=3)
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
        assert_type(error.status_code, int)
        assert_type(error.type, str | None)
        assert_type(error.retry_after, float | None)
        assert_type(error.is_retryable, bool)
    except AnthropicModelsError as error:
        assert_type(error.description, str)
        assert_type(error.resume, Resume | None)
        if error.resume:
            assert_type(client.models.list(**error.resume), Page[BetaModelInfo])
