from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from ...client import AuthenticatedClient, Client
from ... import errors
from ...models.beta_model_list import BetaModelList
from ...request import Request, SuccessResponse
from ...request import build as _build
from ...types import UNSET, Response, Unset

if TYPE_CHECKING:
    from ...models.error_response import ErrorResponse


def _parse_200(content: Any) -> BetaModelList:
    value: BetaModelList = BetaModelList.from_dict(content)
    return value


def request(
    *,
    after_id: str | Unset = UNSET,
    before_id: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    anthropic_version: str | Unset = UNSET,
    anthropic_beta: str | Unset = UNSET,
) -> Request[BetaModelList]:
    """List models

    Lists the available models, more recently released ones first.

    Without a cursor the first page is returned. Send at most one of `after_id` and
    `before_id`.

    Args:
        after_id (str | Unset): A cursor: the id of a model. The page holds the models that
            come immediately after it, that is, the next older ones.
        before_id (str | Unset): A cursor: the id of a model. The page holds the models that
            come immediately before it, that is, the next newer ones. They stay in the usual
            order, newest first.
        limit (int | Unset): How many models a page holds at most. Default: 20.
        anthropic_version (str): The version of the API that the client was written for, as
            a date. Default: '2023-06-01'.
        anthropic_beta (str | Unset): The beta features to use, joined by commas, without
            blanks.

    Returns:
        The request, to be sent by a client. What it gives then is BetaModelList.
    """
    return _build(
        "GET",
        "/v1/models",
        operation="list_models",
        responses=_SUCCESSES,
        query={
            "after_id": after_id,
            "before_id": before_id,
            "limit": limit,
        },
        headers={
            "anthropic-version": anthropic_version,
            "anthropic-beta": anthropic_beta,
        },
        default_headers={
            "anthropic-version": "2023-06-01",
        },
    )


_SUCCESSES = (SuccessResponse("200", "json", _parse_200),)


def _get_kwargs(
    *,
    after_id: str | Unset = UNSET,
    before_id: str | Unset = UNSET,
    limit: int | Unset = 20,
    anthropic_version: str = "2023-06-01",
    anthropic_beta: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["anthropic-version"] = anthropic_version

    if not isinstance(anthropic_beta, Unset):
        headers["anthropic-beta"] = anthropic_beta

    params: dict[str, Any] = {}

    params["after_id"] = after_id

    params["before_id"] = before_id

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/models",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> BetaModelList | ErrorResponse | None:
    from ...models.error_response import ErrorResponse  # noqa: PLC0415

    if response.status_code == 200:
        _response_200: Any = response.json()
        response_200: BetaModelList = BetaModelList.from_dict(_response_200)
        return response_200

    if response.status_code == 400:
        _response_400: Any = response.json()
        response_400: ErrorResponse = ErrorResponse.from_dict(_response_400)
        return response_400

    if response.status_code == 401:
        _response_401: Any = response.json()
        response_401: ErrorResponse = ErrorResponse.from_dict(_response_401)
        return response_401

    if response.status_code == 402:
        _response_402: Any = response.json()
        response_402: ErrorResponse = ErrorResponse.from_dict(_response_402)
        return response_402

    if response.status_code == 403:
        _response_403: Any = response.json()
        response_403: ErrorResponse = ErrorResponse.from_dict(_response_403)
        return response_403

    if response.status_code == 404:
        _response_404: Any = response.json()
        response_404: ErrorResponse = ErrorResponse.from_dict(_response_404)
        return response_404

    if response.status_code == 413:
        _response_413: Any = response.json()
        response_413: ErrorResponse = ErrorResponse.from_dict(_response_413)
        return response_413

    if response.status_code == 429:
        _response_429: Any = response.json()
        response_429: ErrorResponse = ErrorResponse.from_dict(_response_429)
        return response_429

    if response.status_code == 500:
        _response_500: Any = response.json()
        response_500: ErrorResponse = ErrorResponse.from_dict(_response_500)
        return response_500

    if response.status_code == 504:
        _response_504: Any = response.json()
        response_504: ErrorResponse = ErrorResponse.from_dict(_response_504)
        return response_504

    if response.status_code == 529:
        _response_529: Any = response.json()
        response_529: ErrorResponse = ErrorResponse.from_dict(_response_529)
        return response_529

    if 400 <= response.status_code <= 499:
        _response_4xx: Any = response.json()
        response_4xx: ErrorResponse = ErrorResponse.from_dict(_response_4xx)
        return response_4xx

    if 500 <= response.status_code <= 599:
        _response_5xx: Any = response.json()
        response_5xx: ErrorResponse = ErrorResponse.from_dict(_response_5xx)
        return response_5xx

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[BetaModelList | ErrorResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    after_id: str | Unset = UNSET,
    before_id: str | Unset = UNSET,
    limit: int | Unset = 20,
    anthropic_version: str = "2023-06-01",
    anthropic_beta: str | Unset = UNSET,
) -> Response[BetaModelList | ErrorResponse]:
    """List models

     Lists the available models, more recently released ones first.

    Without a cursor the first page is returned. Send at most one of `after_id` and
    `before_id`.

    Args:
        after_id (str | Unset): A cursor: the id of a model. The page holds the models that come
            immediately after it, that is, the next older ones.
        before_id (str | Unset): A cursor: the id of a model. The page holds the models that come
            immediately before it, that is, the next newer ones. They stay in the usual order, newest
            first.
        limit (int | Unset): How many models a page holds at most. Default: 20.
        anthropic_version (str): The version of the API that the client was written for, as a
            date. Default: '2023-06-01'.
        anthropic_beta (str | Unset): The beta features to use, joined by commas, without blanks.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BetaModelList | ErrorResponse]
    """

    kwargs = _get_kwargs(
        after_id=after_id,
        before_id=before_id,
        limit=limit,
        anthropic_version=anthropic_version,
        anthropic_beta=anthropic_beta,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    after_id: str | Unset = UNSET,
    before_id: str | Unset = UNSET,
    limit: int | Unset = 20,
    anthropic_version: str = "2023-06-01",
    anthropic_beta: str | Unset = UNSET,
) -> BetaModelList | ErrorResponse | None:
    """List models

     Lists the available models, more recently released ones first.

    Without a cursor the first page is returned. Send at most one of `after_id` and
    `before_id`.

    Args:
        after_id (str | Unset): A cursor: the id of a model. The page holds the models that come
            immediately after it, that is, the next older ones.
        before_id (str | Unset): A cursor: the id of a model. The page holds the models that come
            immediately before it, that is, the next newer ones. They stay in the usual order, newest
            first.
        limit (int | Unset): How many models a page holds at most. Default: 20.
        anthropic_version (str): The version of the API that the client was written for, as a
            date. Default: '2023-06-01'.
        anthropic_beta (str | Unset): The beta features to use, joined by commas, without blanks.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BetaModelList | ErrorResponse
    """

    return sync_detailed(
        client=client,
        after_id=after_id,
        before_id=before_id,
        limit=limit,
        anthropic_version=anthropic_version,
        anthropic_beta=anthropic_beta,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    after_id: str | Unset = UNSET,
    before_id: str | Unset = UNSET,
    limit: int | Unset = 20,
    anthropic_version: str = "2023-06-01",
    anthropic_beta: str | Unset = UNSET,
) -> Response[BetaModelList | ErrorResponse]:
    """List models

     Lists the available models, more recently released ones first.

    Without a cursor the first page is returned. Send at most one of `after_id` and
    `before_id`.

    Args:
        after_id (str | Unset): A cursor: the id of a model. The page holds the models that come
            immediately after it, that is, the next older ones.
        before_id (str | Unset): A cursor: the id of a model. The page holds the models that come
            immediately before it, that is, the next newer ones. They stay in the usual order, newest
            first.
        limit (int | Unset): How many models a page holds at most. Default: 20.
        anthropic_version (str): The version of the API that the client was written for, as a
            date. Default: '2023-06-01'.
        anthropic_beta (str | Unset): The beta features to use, joined by commas, without blanks.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BetaModelList | ErrorResponse]
    """

    kwargs = _get_kwargs(
        after_id=after_id,
        before_id=before_id,
        limit=limit,
        anthropic_version=anthropic_version,
        anthropic_beta=anthropic_beta,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    after_id: str | Unset = UNSET,
    before_id: str | Unset = UNSET,
    limit: int | Unset = 20,
    anthropic_version: str = "2023-06-01",
    anthropic_beta: str | Unset = UNSET,
) -> BetaModelList | ErrorResponse | None:
    """List models

     Lists the available models, more recently released ones first.

    Without a cursor the first page is returned. Send at most one of `after_id` and
    `before_id`.

    Args:
        after_id (str | Unset): A cursor: the id of a model. The page holds the models that come
            immediately after it, that is, the next older ones.
        before_id (str | Unset): A cursor: the id of a model. The page holds the models that come
            immediately before it, that is, the next newer ones. They stay in the usual order, newest
            first.
        limit (int | Unset): How many models a page holds at most. Default: 20.
        anthropic_version (str): The version of the API that the client was written for, as a
            date. Default: '2023-06-01'.
        anthropic_beta (str | Unset): The beta features to use, joined by commas, without blanks.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BetaModelList | ErrorResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            after_id=after_id,
            before_id=before_id,
            limit=limit,
            anthropic_version=anthropic_version,
            anthropic_beta=anthropic_beta,
        )
    ).parsed
