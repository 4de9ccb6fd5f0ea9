"""What an editor sees of ten more operations: checked by mypy and pyright, never run.

check_ten_more_types.py has the package that is generated for them.
"""

import datetime
import io
from typing import Any, assert_type

from anthropic_models import (
    APIResponse,
    AsyncClient,
    AsyncPage,
    AsyncPaginator,
    BetaModelInfo,
    Client,
    Page,
    Request,
    TokenResume,
)
from anthropic_models_generated.api.batches import (
    create_batch,
    delete_batch,
    list_batches,
    update_batch,
)
from anthropic_models_generated.api.files import (
    download_file,
    get_v1_shapes_kind,
    list_files,
    replace_file,
)
from anthropic_models_generated.api.models import get_model
from anthropic_models_generated.models import (
    Batch,
    BatchList,
    BatchOrder,
    Circle,
    FileInfo,
    FileList,
    Job,
    ShapeKind,
    Square,
    State,
)
from anthropic_models_generated.types import File, Unset

ORDER = create_batch.request(body=BatchOrder(name="a"))


def types(client: Client) -> None:
    assert_type(client.send(get_model.request("a")), BetaModelInfo)
    assert_type(client.send(ORDER), Batch | Job)
    assert_type(client.send(delete_batch.request(1)), None)
    assert_type(client.send(update_batch.request(1)), Batch | None)
    assert_type(client.send(download_file.request("a")), File)
    assert_type(client.send(replace_file.request("a", body=File(io.BytesIO()))), str)
    assert_type(client.send(Request("GET", "/v1/new")), Any)
    assert_type(client.send(get_v1_shapes_kind.request(ShapeKind.CIRCLE)), Circle | Square | None)
    assert_type(client.send_detailed(ORDER), APIResponse[Batch | Job])
    assert_type(client.paginate(list_batches.request()), Page[Batch])
    assert_type(client.send(list_files.request()), FileList)
    assert_type(client.paginate(list_files.request()), Page[FileInfo])
    client.paginate(get_model.request("a"))  # type: ignore[arg-type]  # this is no page


async def async_types(client: AsyncClient, resume: TokenResume) -> None:
    assert_type(await client.send(ORDER), Batch | Job)
    assert_type(await client.send_detailed(ORDER), APIResponse[Batch | Job])
    assert_type(client.paginate(list_batches.request()), AsyncPaginator[Batch])
    assert_type(await client.paginate(list_files.request()), AsyncPage[FileInfo])
    async for found in client.paginate(list_files.request(page=resume.get("page"))):
        assert_type(found, FileInfo)
    client.paginate(get_model.request("a"))  # type: ignore[arg-type]  # this is no page


def fields(batch: Batch, order: BatchOrder, batches: BatchList, files: FileList) -> None:
    assert_type(batch.created_at, datetime.datetime)
    assert_type(batch.parent, Batch | None)
    assert_type(order.states, list[State] | Unset)
    assert_type(order.due, datetime.datetime | Unset)
    assert_type(batches.data, list[Batch] | None | Unset)
    assert_type(batches.has_more, bool | None | Unset)
    assert_type(batches.last_id, int | str | None)
    assert_type(files.next_page, datetime.datetime | str | None | Unset)
