"""The site, built once for all tests and all of their processes; its visitors."""

import functools
import http.server
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from built import ROOT, build
from playwright.sync_api import Browser, Error, sync_playwright
from visitor import ARGUMENTS, Handler, Visitor


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The finished site: that of `make test`, else one made in a temporary folder."""
    if made := os.environ.get("SITE"):
        return ROOT / made
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":  # the parent is common to the processes of this run
        folder = folder.parent
    outcome = folder / "outcome"
    try:
        (folder / "building").mkdir()
    except FileExistsError:
        while not outcome.exists():
            time.sleep(0.1)
    else:
        message = "the build was interrupted"
        try:
            build(ROOT, folder / "site")
            message = ""
        except RuntimeError as error:
            message = str(error)
        finally:
            (folder / "unnamed").write_text(message, "utf-8")
            (folder / "unnamed").rename(outcome)
    if message := outcome.read_text("utf-8"):
        pytest.fail(message)
    return folder / "site"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    names = ("chromium", "google-chrome", "chromium-browser")
    with sync_playwright() as playwright:
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
    handler = functools.partial(Handler, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def visitor(chromium: Browser, origin: str, site: Path) -> Iterator[Visitor]:
    visitor = Visitor(chromium, origin, site)
    yield visitor
    for context in visitor.contexts:
        context.close()
    assert visitor.complaints == []
