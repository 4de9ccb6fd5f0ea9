"""Through which proxy a URL is requested, decided without any request."""

import urllib.request

import httpx
import pytest
from anthropic_models._core import proxies
from anthropic_models._core.secret import Secret

API = "https://api.example"
BOTH = "api.example api.example."


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
        *(
            (f"http://{host}:1", {"all": "http://a:1"}, None)
            for host in ("127.0.0.1", "127.0.0.2", "127.1", "0x7f.1", "[::]")
        ),
        *((f"https://{host}:1", {"all": "http://a:1"}, None) for host in ("[::1]", "localhost.")),
        ("http://api.localhost", {"all": "nonsense://"}, None),
    ],
)
def test_it_is_that_of_the_scheme_else_of_all_and_none_for_this_machine(
    url: str, settings: dict[str, str], proxy: str | None
) -> None:
    assert found(url, **settings) == (proxy and (proxy, None))


def test_its_user_and_password_are_decoded() -> None:
    assert found(https="http://me:p%40ss@a:1") == ("http://a:1", ("me", "p@ss"))


@pytest.mark.parametrize(
    ("no_proxy", "covered", "not_covered"),
    [
        ("*", "api.example other.test", ""),
        ("**", "", "api.example"),
        ("api.example", BOTH, "other.test"),
        ("example", BOTH, "other.test"),
        (".example", BOTH, "other.test"),
        ("*.example", BOTH, "other.test example"),
        ("EXAMPLE", BOTH, "other.test"),
        ("x, api.example", BOTH, "other.test"),
        (" ,api.example", BOTH, "other.test"),
        ("api.example:443", BOTH, "other.test"),
        ("other, *.EXAMPLE:443", BOTH, "other.test"),
        ("api.example:80", "", "api.example"),
        ("*.example:444", "", "api.example"),
        ("pi.example", "", "api.example"),
        (",, ", "", "api.example"),
        ("10.0.0.0/8", "10.1.2.3", "api.example 11.1.2.3"),
        ("192.168.0.0/16, 10.1.2.3", "10.1.2.3:8443", "11.1.2.3"),
        ("10.1.2.3:443", "10.1.2.3", "11.1.2.3"),
        ("fd00::/8", "[fd00::1]", "11.1.2.3"),
        ("[fd00::1]", "[fd00::1]:8443", "11.1.2.3"),
        ("FD00:0::1", "[fd00::1]", "11.1.2.3"),
    ],
)
def test_no_proxy_names_hosts_that_are_asked_directly(
    no_proxy: str, covered: str, not_covered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", no_proxy)
    settings = Secret({"no": no_proxy, "all": "http://proxy:3128"})
    for hosts, is_direct in ((covered, True), (not_covered, False)):
        for host in hosts.split():
            url = httpx.URL(f"https://{host}")
            proxy = proxies.proxy_for(url, settings, urllib.request.proxy_bypass)
            assert (proxy is None) == is_direct, host


def test_the_system_may_exclude_a_host_with_its_port() -> None:
    assert found("https://api.example.", "api.example:443", all="http://a:1") is None
    assert found("http://api.example", "api.example:80", all="http://a:1") is None
    assert found("http://api.example", all="http://a:1", no="*.example:80") is None


@pytest.mark.parametrize(
    "setting",
    [
        "ftp://a:1",
        "gopher://me:private@a",
        "socks4://me:private@a",
        "http://",
        "http://me:private@",
        "http://me:private@a:65536",
        "http://me:private@a:b",
        "http://me:pri/vate@a:1",
        "http://me:pri#vate@a:1",
        "http://me:pri?vate@a:1",
        "http://me:12#vate@a:1",
        "http://me:12/vate@a:1",
        "http://me:12?vate@a:1",
        "me:pri/vate@a",
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
