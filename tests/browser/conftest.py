"""A real browser on a real server; everything here skips with the reason where one is absent."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.serving import serving

WIDTHS = (390, 820, 1440)


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser():
    """Chromium; a module's alone, as its driver keeps the event loop that async tests need."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="the browser group is not installed"
    )
    if not CHROMIUM:
        pytest.skip("no Chromium here: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture(scope="session")
def town_url() -> Iterator[str]:
    with serving("--town") as address:
        yield address


@pytest.fixture(scope="session")
def noted_url() -> Iterator[str]:
    with serving("--notes") as address:
        yield address


@pytest.fixture(scope="session")
def promoted_url() -> Iterator[str]:
    with serving("--promoted") as address:
        yield address


@pytest.fixture
def page(browser):
    """A fresh reader's page; any script error or refused request fails the test."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda said: problems.append(said.text) if "Content Security" in said.text else None,
    )
    yield page
    context.close()
    assert problems == []


@pytest.fixture
def plain(browser):
    """The same without JavaScript."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def axe(tmp_path_factory) -> str:
    """The source of axe-core, from npm."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm here, so no axe-core: apt-get install npm")
    folder = tmp_path_factory.mktemp("axe")
    got = subprocess.run(
        [npm, "install", "--silent", "--no-audit", "--no-fund", "axe-core@4"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
    )
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if got.returncode or not script.exists():
        pytest.skip(f"npm could not install axe-core: {got.stderr[-200:]}")
    return script.read_text("utf-8")
