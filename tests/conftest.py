"""What every test shares: the folder of the project, how long hypothesis may look, and one browser.

One browser serves every test of the screens: two of them would not live in one process.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from apps.browser import ARGUMENTS, PATIENCE, WIDE, chromium_path, note_outside
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole run of a worker."""
    path = chromium_path()
    if path is None:
        pytest.fail("Il manque Chromium. Sur Debian : sudo apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Make pages of fresh contexts; ``page.outside`` lists the requests that left the server."""
    contexts: list[BrowserContext] = []

    def make(url: str, size: dict[str, int] = WIDE) -> Page:
        context = chromium.new_context(viewport=size, accept_downloads=True, locale="fr-FR")
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.outside = []  # type: ignore[attr-defined]
        page.faults = []  # type: ignore[attr-defined]
        page.on("request", lambda request: note_outside(page, request.url, url))
        page.on("pageerror", lambda error: page.faults.append(str(error)))  # type: ignore[attr-defined]
        page.on("console", lambda said: said.type == "error" and page.faults.append(said.text))  # type: ignore[attr-defined]
        return page

    yield make
    for context in contexts:
        context.close()
