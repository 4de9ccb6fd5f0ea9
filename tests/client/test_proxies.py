"""Through which proxy a URL is requested, decided without any request."""

import httpx
import pytest
from anthropic_models._core import proxies
from anthropic_models._core.secret import Secret

API = "https://api.example"


def found(
    url: str = API, *bypassed: str, no: str = "", **settings: str
) -> tuple[str, tuple[str, str] | None] | None:
    """Return URL and credential of the proxy; `bypassed` are hosts that the system excludes."""
    environment = Secret({"no": no, **settings})
    proxy = proxies.proxy_for(httpx.URL(url), environment, lambda host: host in bypassed)
    return None if proxy is None else (str(proxy.url), proxy.raw_auth and proxy.auth)


@pytest.mark.parametrize(
    ("url", "settings", "proxy"),
    [
        (API, {}, None),
        (API, {"http": "http://a:1"}, None),
        (API, {"https": "http://a:1", "all": "http://b:2"}, "http://a:1"),
        (API, {"https": "", "all": "http://b:2"}, "http://b:2"),
        ("http://gateway.example", {"http": "http://a:1"}, "http://a:1"),
        (API, {"https": " a:1 "}, "http://a:1"),
        (API, {"https": "https://a:1"}, "https://a:1"),
        ("http://localhost:1", {"all": "http://a:1"}, None),
        ("http://127.0.0.1:1", {"all": "http://a:1"}, None),
        ("http://[::1]:1", {"all": "nonsense://"}, None),
    ],
)
def test_it_is_that_of_the_scheme_else_of_all_and_none_for_this_machine(
    url: str, settings: dict[str, str], proxy: str | None
) -> None:
    assert found(url, **settings) == (proxy and (proxy, None))


def test_its_user_and_password_are_decoded() -> None:
    assert found(https="http://me:p%40ss@a:1") == ("http://a:1", ("me", "p@ss"))


@pytest.mark.parametrize(
    ("url", "no"),
    [
        (API, "*.example"),
        (API, "other, *.EXAMPLE:443"),
        ("http://api.example", "*.example:80"),
        ("https://10.1.2.3", "10.0.0.0/8"),
        ("https://[2001:db8::a]", "[2001:db8::a]"),
        ("https://[2001:db8::a]", "2001:db8::/32"),
    ],
)
def test_patterns_exclude_hosts_from_it(url: str, no: str) -> None:
    assert found(url, all="http://a:1", no=no) is None


@pytest.mark.parametrize(
    ("url", "no"),
    [
        ("https://example", "*.example"),
        (API, "*.example:444"),
        ("https://11.1.2.3", "10.0.0.0/8"),
        (API, "10.0.0.0/8"),
        (API, ",, "),
    ],
)
def test_other_hosts_are_not_excluded(url: str, no: str) -> None:
    assert found(url, all="http://a:1", no=no) == ("http://a:1", None)


def test_the_system_may_exclude_a_host_with_its_port() -> None:
    assert found("https://api.example.", "api.example:443", all="http://a:1") is None


@pytest.mark.parametrize(
    "setting",
    [
        "ftp://a:1",
        "http://",
        "http://a:65536",
        "http://a:b",
        "http://me:pri/vate@a:1",
        "http://me:pri#vate@a:1",
        "http://me:pri?vate@a:1",
        "http://me:12#vate@a:1",
        "http://me:12/vate@a:1",
        "http://a\x00",
    ],
)
def test_one_that_cannot_be_used_is_named_and_not_shown(setting: str) -> None:
    with pytest.raises(ValueError, match=r"^HTTPS_PROXY is not the URL of a proxy") as caught:
        found(https=setting)
    assert "vate" not in str(caught.value)
    with pytest.raises(ValueError, match=r"^ALL_PROXY is not"):
        found(all=setting)


@pytest.mark.parametrize("spec", [object(), None])
def test_a_socks_proxy_needs_a_package(monkeypatch: pytest.MonkeyPatch, spec: object) -> None:
    def find_spec(_name: str) -> object:
        return spec

    monkeypatch.setattr(proxies, "find_spec", find_spec)
    if spec:
        assert found(all="socks5://a:1") == ("socks5://a:1", None)
        return
    with pytest.raises(ValueError, match=r"^ALL_PROXY .* pip install 'httpx\[socks\]'$"):
        found(all="socks5://a:1")
