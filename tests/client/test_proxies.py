"""Through which proxy a URL is requested, decided without any request."""

import urllib.request
from pathlib import Path

import httpx
import pytest
from anthropic_models._core import proxies
from anthropic_models._core.secret import Secret

from generator.documents import read_yaml

CASES = read_yaml(Path(__file__).with_name("data") / "proxies.yaml")


def found(
    url: str = "https://api.example", *bypassed: str, no: str = "", **settings: str
) -> tuple[str, tuple[str, str] | None] | None:
    """Return URL and credential of the proxy; `bypassed` are hosts that the system excludes."""
    environment = Secret({"no": no, **settings})
    proxy = proxies.proxy_for(httpx.URL(url), environment, lambda host: host in bypassed)
    return None if proxy is None else (str(proxy.url), proxy.raw_auth and proxy.auth)


@pytest.mark.parametrize(("url", "settings", "proxy"), CASES["chosen"])
def test_it_is_that_of_the_scheme_else_of_all_and_none_for_this_machine(
    url: str, settings: dict[str, str], proxy: str | None
) -> None:
    assert found(url, **settings) == (proxy and (proxy, None))


def test_its_user_and_password_are_decoded() -> None:
    assert found(https="http://me:p%40ss@a:1") == ("http://a:1", ("me", "p@ss"))


@pytest.mark.parametrize(("no_proxy", "covered", "not_covered"), CASES["bypassed"])
def test_no_proxy_names_hosts_that_are_asked_directly(
    no_proxy: str, covered: str, not_covered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", no_proxy)
    settings = Secret({"no": no_proxy, "all": "http://proxy:3128"})
    for host in f"{covered} {not_covered}".split():
        url = httpx.URL(f"https://{host}")
        proxy = proxies.proxy_for(url, settings, urllib.request.proxy_bypass)
        assert (proxy is None) == (host in covered.split()), host


def test_the_system_may_exclude_a_host_with_its_port() -> None:
    assert found("https://api.example.", "api.example:443", all="http://a:1") is None
    assert found("http://api.example", "api.example:80", all="http://a:1") is None
    assert found("http://api.example", all="http://a:1", no="*.example:80") is None


@pytest.mark.parametrize("setting", CASES["unusable"])
def test_one_that_cannot_be_used_is_named_and_not_shown(setting: str) -> None:
    with pytest.raises(ValueError, match=r"^HTTPS_PROXY is not the URL of a proxy") as caught:
        found(https=setting)
    assert "vate" not in str(caught.value)
    with pytest.raises(ValueError, match=r"^ALL_PROXY is not"):
        found(all=setting)


def test_a_socks_proxy_needs_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    installed: dict[str, object] = {"socksio": object()}
    monkeypatch.setattr(proxies, "find_spec", installed.get)
    assert found(all="socks5://a:1") == ("socks5://a:1", None)
    installed.clear()
    with pytest.raises(ValueError, match=r"^ALL_PROXY .* pip install 'httpx\[socks\]'$"):
        found(all="socks5://a:1")
