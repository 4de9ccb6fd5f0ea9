"""http.client that looks at nothing but the cursor: how fast the server is."""

from contextlib import AbstractContextManager, closing
from http.client import HTTPConnection
from urllib.parse import urlsplit


def connected(base_url: str) -> AbstractContextManager[HTTPConnection]:
    return closing(HTTPConnection(urlsplit(base_url).netloc))


def walk(connection: HTTPConnection, limit: int) -> int:
    count = 0
    target = f"/v1/models?limit={limit}"
    while True:
        connection.request("GET", target)
        body = connection.getresponse().read()
        count += body.count(b'"type":"model"')
        if b'"has_more":true' not in body[-200:]:
            return count
        cursor = body.rpartition(b'"last_id":"')[2].partition(b'"')[0].decode()
        target = f"/v1/models?limit={limit}&after_id={cursor}"
