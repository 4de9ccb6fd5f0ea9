"""The client that the generator makes with its own templates; it validates nothing."""

import sys

from anthropic_models_generated import AuthenticatedClient
from anthropic_models_generated.api.models import list_models
from anthropic_models_generated.models import BetaModelList
from anthropic_models_generated.types import UNSET, Unset
from peak import peak_bytes


def connected(base_url: str) -> AuthenticatedClient:
    return AuthenticatedClient(
        base_url=base_url, token="any", prefix="", auth_header_name="X-Api-Key"
    )


def send_one(client: AuthenticatedClient, limit: int) -> int:
    page = list_models.sync(client=client, limit=limit)
    if not isinstance(page, BetaModelList):
        raise RuntimeError(f"not a page: {page!r}")
    return len(page.data)


def walk(client: AuthenticatedClient, limit: int) -> int:
    count = 0
    cursor: str | Unset = UNSET
    while True:
        page = list_models.sync(client=client, limit=limit, after_id=cursor)
        if not isinstance(page, BetaModelList):
            raise RuntimeError(f"not a page: {page!r}")
        count += sum(1 for model in page.data if model.id)
        if not page.has_more:
            return count
        cursor = page.last_id or UNSET


if __name__ == "__main__":
    with connected(sys.argv[1]) as client:
        print(walk(client, 1000), peak_bytes())
