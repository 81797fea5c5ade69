"""The browser, a server for the site, and its visitors."""

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from built import address
from playwright.sync_api import Browser, Error, Playwright, sync_playwright
from visitor import ARGUMENTS, Handler, Tab, Visitor


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    names = ("chromium", "google-chrome", "chromium-browser")
    path = next(filter(None, map(shutil.which, names)), None)
    try:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
    except Error as error:
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            raise
        pytest.skip(f"there is no browser: {str(error).splitlines()[0]}")
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def origin(site: Path) -> Iterator[str]:
    """Where a server has the site: in the folder of the address that it is built for."""
    base = urlsplit(address(site)).path.rstrip("/")
    handler = functools.partial(Handler, directory=str(site), base=base)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}{base}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def tabs(chromium: Browser, origin: str) -> dict[bool, Tab]:
    """A tab with scripts and one without."""
    return {on: Tab(chromium, origin, scripts=on) for on in (True, False)}


@pytest.fixture
def visitor(tabs: dict[bool, Tab], origin: str, site: Path) -> Iterator[Visitor]:
    visitor = Visitor(tabs, origin, site)
    for tab in tabs.values():
        tab.complaints.clear()
    yield visitor
    assert visitor.complaints == []
