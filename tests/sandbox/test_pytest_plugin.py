"""The pytest plugin, as the tests of others use it."""

import re
import sys

import pytest

from tests.support.projects import ROOT

STRICT = ("-W", "error", "-p", "no:cacheprovider")
# What is imported already cannot be rewritten, which pytest warns of.
IN_THIS_PROCESS = (*STRICT, "-W", "ignore::pytest.PytestAssertRewriteWarning")


@pytest.fixture
def others(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """The tests of others, for a pytest of their own that loads nothing by itself."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest('pytest_plugins = ["anthropic_models.pytest_plugin"]')
    return pytester


def test_every_test_sees_a_fresh_sandbox_that_it_leaves_behind_stopped(
    others: pytest.Pytester,
) -> None:
    others.makepyfile(
        """
        import httpx
        import pytest
        from anthropic_models.sandbox import Sandbox, well_known_models

        addresses = []

        @pytest.mark.parametrize("time", [1, 2])
        def test_everything_is_fresh(models_sandbox: Sandbox, time: int) -> None:
            assert models_sandbox.models == well_known_models()
            assert models_sandbox.requests == []
            assert models_sandbox.delay == 0
            addresses.append(models_sandbox.base_url)
            headers = {"X-Api-Key": "any", "anthropic-version": "2023-06-01"}
            assert httpx.get(addresses[-1] + "/v1/models", headers=headers).status_code == 200
            models_sandbox.models.clear()
            models_sandbox.fail_next(529, times=100)
            models_sandbox.delay = 3600
            assert time == 1, "on purpose"

        @pytest.mark.parametrize("number", [0, 1])
        def test_none_is_left_running(number: int) -> None:
            with pytest.raises(httpx.ConnectError):
                httpx.get(addresses[number])
        """
    )
    result = others.runpytest_inprocess(*IN_THIS_PROCESS)
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*on purpose*"])


def test_tests_that_do_not_take_it_do_not_pay_for_it(others: pytest.Pytester) -> None:
    others.makepyfile(
        """
        import sys

        def test_what_is_loaded() -> None:
            assert "anthropic_models.pytest_plugin" in sys.modules
            for name in ("anthropic_models.sandbox", "h11", "httpx", "yaml"):
                assert name not in sys.modules
        """
    )
    others.runpytest_subprocess(*STRICT).assert_outcomes(passed=1)


def test_without_the_extra_it_is_the_fixture_that_fails(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("anthropic_models.sandbox")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(pytest.fail.Exception, match=r"anthropic-models-client\[sandbox\]"):
        request.getfixturevalue("models_sandbox")


def test_the_tests_in_the_document_pass_as_printed(others: pytest.Pytester) -> None:
    text = ROOT.joinpath("docs/testing-with-the-sandbox.md").read_text("utf-8")
    printed = re.findall(r"`([a-z_]+\.py)`:\n\n```py\n(.*?)^```", text, re.M | re.S)
    assert [name for name, _ in printed] == ["newest.py", "conftest.py", "test_newest.py"]
    assert text.count("```py\n") == len(printed)
    for name, content in printed:
        others.path.joinpath(name).write_text(content, "utf-8")
    others.runpytest_inprocess(*IN_THIS_PROCESS).assert_outcomes(passed=7)
