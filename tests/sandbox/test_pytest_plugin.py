"""The pytest plugin, as the tests of others use it."""

import re
import sys
from collections.abc import Callable

import pytest
from anthropic_models import Client, RateLimitError
from anthropic_models.sandbox import Sandbox, made_up_models

from tests.support.projects import ROOT

CONFTEST = 'pytest_plugins = ["anthropic_models.pytest_plugin"]\n'

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a test file in a pytest of its own that loads nothing by itself; warnings are errors.

    In this process, which has loaded the sandbox already, or in a new one.
    """
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(CONFTEST)

    def run(source: str, *options: str, process: bool = False) -> pytest.RunResult:
        if source:
            pytester.makepyfile(source)
        always = ("-W", "error", "-p", "no:cacheprovider")
        if process:
            return pytester.runpytest_subprocess(*always, *options)
        # What is imported already cannot be rewritten, which pytest warns of.
        known = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
        return pytester.runpytest_inprocess(*always, *known, *options)

    return run


def test_a_test_has_a_sandbox_that_runs(models_sandbox: Sandbox) -> None:
    with Client(base_url=models_sandbox.base_url, api_key="any") as client:
        models_sandbox.fail_next(529, times=2, retry_after=0)
        assert len(list(client.models.list(limit=5))) == len(models_sandbox.models)
        models_sandbox.models[:] = made_up_models(3)
        assert len(list(client.models.list())) == 3
        models_sandbox.drop_next()
        assert len(list(client.models.list())) == 3
        models_sandbox.fail_next(429, times=3, retry_after=0)
        with pytest.raises(RateLimitError):
            client.models.list()
    assert [request.status_code for request in models_sandbox.requests] == [
        *(529, 529, 200, 200, 200),
        200,
        *(None, 200),
        *(429, 429, 429),
    ]


def test_every_test_sees_a_fresh_sandbox(run: Run) -> None:
    result = run(
        """
        import httpx
        import pytest
        from anthropic_models.sandbox import Sandbox, well_known_models

        @pytest.mark.parametrize("time", [1, 2])
        def test_everything_is_fresh(models_sandbox: Sandbox, time: int) -> None:
            assert models_sandbox.models == well_known_models()
            assert models_sandbox.requests == []
            assert models_sandbox.delay == 0
            headers = {"X-Api-Key": "any", "anthropic-version": "2023-06-01"}
            url = models_sandbox.base_url + "/v1/models"
            assert httpx.get(url, headers=headers).status_code == 200
            models_sandbox.models.clear()
            models_sandbox.fail_next(529, times=100)
            models_sandbox.drop_next()
            models_sandbox.delay = 3600
        """
    )
    result.assert_outcomes(passed=2)


def test_async_tests_have_it_too(run: Run) -> None:
    result = run(
        """
        import pytest
        from anthropic_models import AsyncClient
        from anthropic_models.sandbox import Sandbox

        @pytest.mark.anyio
        @pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
        async def test_listing(models_sandbox: Sandbox) -> None:
            async with AsyncClient(base_url=models_sandbox.base_url, api_key="any") as client:
                assert [model async for model in client.models.list()]
        """,
        *("-p", "anyio"),
    )
    result.assert_outcomes(passed=2)


def test_tests_that_do_not_take_it_do_not_pay_for_it(run: Run) -> None:
    result = run(
        """
        import sys

        def test_what_is_loaded() -> None:
            assert "anthropic_models.pytest_plugin" in sys.modules
            for name in ("anthropic_models.sandbox", "h11", "httpx", "yaml"):
                assert name not in sys.modules
        """,
        process=True,
    )
    result.assert_outcomes(passed=1)


def test_the_fixture_is_not_there_without_the_plugin(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest("")
    result = run("def test_it(models_sandbox): pass")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'models_sandbox' not found"])


def test_without_the_extra_it_is_the_fixture_that_fails(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("anthropic_models.sandbox")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(pytest.fail.Exception, match=r"anthropic-models-client\[sandbox\]"):
        request.getfixturevalue("models_sandbox")


def test_a_test_that_fails_leaves_nothing_running(run: Run) -> None:
    result = run(
        """
        import httpx
        import pytest

        addresses = []

        def test_one(models_sandbox) -> None:
            addresses.append(models_sandbox.base_url)
            raise OSError("on purpose")

        def test_two() -> None:
            with pytest.raises(httpx.ConnectError):
                httpx.get(addresses[0])
        """
    )
    result.assert_outcomes(failed=1, passed=1)


def test_the_tests_in_the_document_pass_as_printed(run: Run, pytester: pytest.Pytester) -> None:
    text = ROOT.joinpath("docs/testing-with-the-sandbox.md").read_text("utf-8")
    printed = re.findall(r"`([a-z_]+\.py)`:\n\n```py\n(.*?)^```", text, re.M | re.S)
    assert [name for name, _ in printed] == ["newest.py", "conftest.py", "test_newest.py"]
    assert text.count("```py\n") == len(printed)
    for name, content in printed:
        pytester.path.joinpath(name).write_text(content, "utf-8")
    run("").assert_outcomes(passed=7)
