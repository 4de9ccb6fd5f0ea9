"""Proxies of the environment: who asks one, what a wrong setting says, and what proxies do."""

import base64
import socket
import threading
import traceback
from contextlib import suppress
from typing import Any

import httpx
import pytest
from anthropic_models import (
    AnthropicModelsError,
    APIConnectionError,
    APITimeoutError,
    ClientClosedError,
)
from anthropic_models._core.proxies import proxy_for
from anthropic_models._core.secret import Secret

from tests.support.certificates import Authority
from tests.support.scripted_server import (
    Answer,
    Scripted,
    ScriptedServer,
    answer,
    drip,
    page,
    raw,
    silence_after,
    tunnel,
)
from tests.support.shells import KEY, Shell
from tests.support.threads import ended, in_a_thread

ELSEWHERE = "http://api.example"  # is no name of any machine
PASSWORD = "pass-word-5309"  # noqa: S105 - of no use


def allowed(**options: Any) -> dict[str, Any]:
    return {"allow_insecure_http": True, "max_retries": 0} | options


class TestThisMachine:
    @pytest.mark.parametrize(
        "host", ["127.0.0.1", "127.0.0.2", "localhost", "api.localhost", "localhost.", "[::1]"]
    )
    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_is_never_asked_through_a_proxy(
        self,
        network: Shell,
        scripted: Scripted,
        monkeypatch: pytest.MonkeyPatch,
        host: str,
        scheme: str,
    ) -> None:
        proxy = scripted(answer(page("a")))
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.base_url)
        with network.client(ELSEWHERE, **allowed()) as client:
            assert client.models.list().first_id == "a"
            here = client.with_options(base_url=f"{scheme}://{host}:1")
            with pytest.raises(APIConnectionError, match="could not connect"):
                here.models.list()
        assert len(proxy.requests) == 1

    @pytest.mark.parametrize(
        "setting",
        [
            {"NO_PROXY": "localhost,::1/128"},
            {"NO_PROXY": "[::1],*,,  ,%,["},
            {"ALL_PROXY": "socks5://127.0.0.1:1"},
            {"HTTP_PROXY": "http://user:pa/ss@host"},
            {"HTTP_PROXY": "no-url://", "HTTPS_PROXY": ":::", "ALL_PROXY": "gopher://x"},
        ],
    )
    def test_needs_no_setting_and_so_none_is_parsed(
        self,
        shell: Shell,
        scripted: Scripted,
        monkeypatch: pytest.MonkeyPatch,
        setting: dict[str, str],
    ) -> None:
        for name, value in setting.items():
            monkeypatch.setenv(name, value)
        server = scripted(answer(page("a")))
        with shell.client(server.base_url) as client:
            assert client.models.list().first_id == "a"


def chosen(url: str, no_proxy: str = "", **proxies: str) -> str | None:
    """Return the proxy of a URL as urllib reads these variables."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("no_proxy", no_proxy)
        import urllib.request

        found = proxy_for(
            httpx.URL(url),
            Secret({"no": no_proxy} | (proxies or {"all": "http://proxy:3128"})),
            urllib.request.proxy_bypass,
        )
    return None if found is None else str(found.url)


class TestSettings:
    @pytest.mark.parametrize(
        "no_proxy",
        [
            *("*", "api.example", "example", ".example", "*.example", "EXAMPLE", "x, api.example"),
            *("api.example:443", "*.example:443", " ,api.example"),
        ],
    )
    def test_names_that_no_proxy_covers(self, no_proxy: str) -> None:
        assert chosen("https://api.example", no_proxy) is None
        assert chosen("https://api.example.", no_proxy) is None
        assert chosen("https://other.test", no_proxy.replace("*", "x")) is not None

    @pytest.mark.parametrize(
        "no_proxy",
        ["other", "pi.example", "api.example:80", "*.example:80", "10.0.0.0/8", "**"],
    )
    def test_names_that_it_does_not_cover(self, no_proxy: str) -> None:
        assert chosen("https://api.example", no_proxy) is not None

    @pytest.mark.parametrize(
        ("url", "no_proxy"),
        [
            ("https://10.1.2.3", "10.0.0.0/8"),
            ("https://10.1.2.3:8443", "192.168.0.0/16, 10.1.2.3"),
            ("https://10.1.2.3", "10.1.2.3:443"),
            ("https://[fd00::1]", "fd00::/8"),
            ("https://[fd00::1]:8443", "[fd00::1]"),
            ("https://[fd00::1]", "FD00:0::1"),
        ],
    )
    def test_addresses_that_no_proxy_covers(self, url: str, no_proxy: str) -> None:
        assert chosen(url, no_proxy) is None
        assert chosen("https://11.1.2.3", no_proxy) is not None

    @pytest.mark.parametrize(
        "value",
        [
            f"http://user:{PASSWORD}/x@host",
            f"http://user:1/{PASSWORD}@host:3128",
            f"http://user:1#{PASSWORD}@host:3128",
            f"http://user:1?{PASSWORD}@host:3128",
            f"user:{PASSWORD}/x@host",
            f"http://user:{PASSWORD}@",
            f"http://user:{PASSWORD}@host:99999",
            f"http://user:{PASSWORD}@host:port",
            f"gopher://user:{PASSWORD}@host",
            f"socks4://user:{PASSWORD}@host",
        ],
    )
    @pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
    def test_one_that_is_needed_and_wrong_is_named_without_its_password(
        self, shell: Shell, monkeypatch: pytest.MonkeyPatch, value: str, name: str
    ) -> None:
        monkeypatch.setenv(name, value)
        with pytest.raises(ValueError, match=name) as caught, shell.client("https://api.example"):
            pass
        assert PASSWORD not in shown(caught.value)

    def test_it_is_read_anew_for_each_connection(
        self, shell: Shell, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        proxy = scripted(answer(page("a")))
        with shell.client("http://127.0.0.1:1", **allowed()) as client:
            monkeypatch.setenv("HTTP_PROXY", proxy.base_url)
            there = client.with_options(base_url=ELSEWHERE)
            assert there.models.list().first_id == "a"
            monkeypatch.setenv("HTTPS_PROXY", f"http://user:{PASSWORD}/x@host")
            with pytest.raises(ValueError, match="HTTPS_PROXY") as caught:
                client.with_options(base_url="https://api.example")
            assert PASSWORD not in shown(caught.value)


def shown(error: BaseException) -> str:
    """Return what a tool shows that prints the local variables of each frame."""
    found = traceback.TracebackException.from_exception(error, capture_locals=True)
    ours = [frame for frame in found.stack if "/wrapper/" in frame.filename]
    return "\n".join([str(error), repr(error), *(str(frame.locals) for frame in ours)])


class TestOverHTTP:
    def test_the_request_is_sent_to_the_proxy_with_its_password(
        self, network: Shell, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        proxy = scripted(answer(page("a")))
        monkeypatch.setenv("HTTP_PROXY", proxy.base_url.replace("//", f"//user:{PASSWORD}%2Fx@"))
        with network.client(ELSEWHERE, **allowed()) as client:
            for _ in range(2):
                assert client.models.list().first_id == "a"
        credential = base64.b64encode(f"user:{PASSWORD}/x".encode()).decode()
        for request in proxy.requests:
            assert request.target.startswith("http://api.example/v1/models?")
            assert request.headers["proxy-authorization"] == f"Basic {credential}"
        assert proxy.connections == 1

    @pytest.mark.parametrize(
        ("fault", "error", "text"),
        [
            (silence_after(), APITimeoutError, "reading from api.example timed out"),
            (
                drip(b"HTTP/1.1 103 x\r\n\r\n", b"HTTP/1.1 103 x\r\n\r\n", every=0.01),
                APITimeoutError,
                "timed out",
            ),
            (raw(b""), APIConnectionError, "connection to api.example lost"),
            (answer(b"<h1>Sign in</h1>", status=407), AnthropicModelsError, "407|Sign in"),
        ],
        ids=["silence", "informational responses", "drops", "407"],
    )
    def test_a_proxy_that_fails_is_an_error(
        self,
        network: Shell,
        scripted: Scripted,
        monkeypatch: pytest.MonkeyPatch,
        fault: Answer,
        error: type[Exception],
        text: str,
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", scripted(fault).base_url)
        with (
            network.client(ELSEWHERE, **allowed(timeout=0.2)) as client,
            pytest.raises(error, match=text),
        ):
            client.models.list()

    def test_one_that_is_not_there_is_a_connection_error(
        self, network: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", f"http://user:{PASSWORD}@127.0.0.1:1")
        with (
            network.client(ELSEWHERE, **allowed()) as client,
            pytest.raises(APIConnectionError, match="could not connect") as caught,
        ):
            client.models.list()
        assert PASSWORD not in shown(caught.value)


@pytest.fixture
def secure(trusted: Authority) -> Any:
    """A server of api.example, which only a proxy reaches."""
    with ScriptedServer(answer(page("a")), tls=trusted.server("api.example")) as running:
        yield running


def port_of(server: ScriptedServer) -> int:
    return int(server.base_url.rpartition(":")[2])


class TestThroughATunnel:
    @pytest.mark.parametrize("is_encrypted", [False, True], ids=["http", "https"])
    def test_a_request_arrives(
        self,
        network: Shell,
        secure: ScriptedServer,
        trusted: Authority,
        monkeypatch: pytest.MonkeyPatch,
        is_encrypted: bool,
    ) -> None:
        tls = trusted.server() if is_encrypted else None
        with ScriptedServer(tunnel(port_of(secure)), tls=tls) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.base_url.replace("//", f"//user:{PASSWORD}@"))
            with network.client("https://api.example", max_retries=0) as client:
                for _ in range(3):
                    assert client.models.list().first_id == "a"
            (connect,) = proxy.requests
            assert (connect.method, connect.target) == ("CONNECT", "api.example:443")
            assert "proxy-authorization" in connect.headers
            assert KEY not in str(connect.headers)
            assert all("proxy-authorization" not in one.headers for one in secure.requests)
            assert secure.connections == 1

    @pytest.mark.parametrize(
        ("fault", "error", "text"),
        [
            (answer(b"", status=407), APIConnectionError, "407"),
            (answer(b"<h1>no</h1>", status=403), APIConnectionError, "403"),
            (answer(b"", status=502), APIConnectionError, "502"),
            (raw(b"<html>hello</html>\r\n\r\n"), APIConnectionError, "lost|connect"),
            (raw(b""), APIConnectionError, "lost|connect"),
            (raw(b"HTTP/1.1 200 OK\r\n\r\n"), APIConnectionError, "connect"),
            (raw(b"HTTP/1.1 200 OK\r\n\r\n<html></html>"), APIConnectionError, "connect"),
            (silence_after(), APITimeoutError, "timed out"),
            (silence_after(b"HTTP/1.1 200 OK\r\n\r\n"), APITimeoutError, "connecting to"),
            (drip(b"", b"HTTP/1.1 103 x\r\n\r\n", every=0.01), APITimeoutError, "timed out"),
        ],
    )
    def test_a_proxy_that_fails_is_an_error(
        self,
        network: Shell,
        scripted: Scripted,
        monkeypatch: pytest.MonkeyPatch,
        fault: Answer,
        error: type[Exception],
        text: str,
    ) -> None:
        proxy = scripted(fault)
        monkeypatch.setenv("HTTPS_PROXY", proxy.base_url.replace("//", f"//user:{PASSWORD}@"))
        with (
            network.client("https://api.example", timeout=0.3, max_retries=0) as client,
            pytest.raises(error, match=text) as caught,
        ):
            client.models.list()
        assert type(caught.value) is error
        assert PASSWORD not in shown(caught.value)
        assert all(KEY not in str(request.headers) for request in proxy.requests)

    def test_the_certificate_of_the_server_is_checked(
        self,
        network: Shell,
        authority: Authority,
        trusted: Authority,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        with ScriptedServer(answer(page("a")), tls=trusted.server("other.example")) as server:
            with ScriptedServer(tunnel(port_of(server))) as proxy:
                monkeypatch.setenv("HTTPS_PROXY", proxy.base_url)
                with (
                    network.client("https://api.example") as client,
                    pytest.raises(APIConnectionError, match="certificate"),
                ):
                    client.models.list()
                assert proxy.connections == 1
            assert server.requests == []

    @pytest.mark.parametrize("is_encrypted", [False, True], ids=["http", "https"])
    def test_closing_ends_what_is_under_way(
        self,
        network: Shell,
        trusted: Authority,
        monkeypatch: pytest.MonkeyPatch,
        is_encrypted: bool,
    ) -> None:
        tls = trusted.server() if is_encrypted else None
        with (
            ScriptedServer(silence_after(), tls=trusted.server("api.example")) as server,
            ScriptedServer(tunnel(port_of(server)), tls=tls) as proxy,
        ):
            monkeypatch.setenv("HTTPS_PROXY", proxy.base_url)
            with network.client("https://api.example", timeout=500) as client:
                thread, errors = in_a_thread(client.models.list)
                server.arrived.acquire()
                client.close()
                assert ended(thread)
        assert [type(error) for error in errors] == [ClientClosedError]


class SocksProxy:
    """A SOCKS5 proxy for one connection, which it carries to a port of this machine."""

    def __init__(self, port: int, *, method: bytes = b"\x00", reply: bytes = b"\x00") -> None:
        self._port, self._method, self._reply = port, method, reply
        self.seen: list[bytes] = []
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread, _ = in_a_thread(self._serve)

    def __enter__(self) -> "SocksProxy":
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        assert ended(self._thread)
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError), self._listener.accept()[0] as connection:
            self.seen.append(connection.recv(64))
            connection.sendall(b"\x05" + self._method)
            if self._method == b"\x02":
                self.seen.append(connection.recv(256))
                connection.sendall(b"\x01\x00")
            self.seen.append(connection.recv(256))
            if not self._reply:
                self._over.wait()
            connection.sendall(b"\x05" + self._reply + b"\x00\x01\x7f\x00\x00\x01\x00\x50")
            tunnel(self._port, greeting=b"")(connection, self._over)


class TestOverSocks:
    @pytest.mark.parametrize("user", ["", f"user:{PASSWORD}@"], ids=["open", "with a password"])
    def test_a_request_arrives(
        self,
        network: Shell,
        secure: ScriptedServer,
        monkeypatch: pytest.MonkeyPatch,
        user: str,
    ) -> None:
        method = b"\x02" if user else b"\x00"
        with SocksProxy(port_of(secure), method=method) as proxy:
            monkeypatch.setenv("ALL_PROXY", f"socks5://{user}127.0.0.1:{proxy.port}")
            with network.client("https://api.example", max_retries=0) as client:
                for _ in range(2):
                    assert client.models.list().first_id == "a"
            assert b"api.example" in proxy.seen[-1], "the proxy resolves the name"
            assert (PASSWORD.encode() in proxy.seen[1]) == bool(user)

    @pytest.mark.parametrize(
        ("options", "error", "text"),
        [
            ({"reply": b"\x05"}, APIConnectionError, "refused"),
            ({"method": b"\xff"}, APIConnectionError, "NO ACCEPTABLE"),
            ({"reply": b""}, APITimeoutError, "timed out"),
        ],
    )
    def test_a_proxy_that_fails_is_an_error(
        self,
        network: Shell,
        secure: ScriptedServer,
        monkeypatch: pytest.MonkeyPatch,
        options: dict[str, bytes],
        error: type[Exception],
        text: str,
    ) -> None:
        with SocksProxy(port_of(secure), **options) as proxy:
            monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{proxy.port}")
            with (
                network.client("https://api.example", timeout=0.3, max_retries=0) as client,
                pytest.raises(error, match=text),
            ):
                client.models.list()

    def test_what_is_no_socks_proxy_is_a_connection_error(
        self, network: Shell, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:

            def serve() -> None:
                for content in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x05", b""):
                    with listener.accept()[0] as connection:
                        connection.recv(64)
                        connection.sendall(content)

            thread, _ = in_a_thread(serve)
            port = listener.getsockname()[1]
            monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{port}")
            with network.client(ELSEWHERE, **allowed()) as client:
                for _ in range(3):
                    with pytest.raises(APIConnectionError, match=r"proxy|lost"):
                        client.models.list()
            assert ended(thread)
