"""The site, built once for all tests and all of their processes."""

import os
import time
from pathlib import Path

import pytest
from built import ROOT, build


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--axe",
        choices=["all", "sample"],
        default="all",
        help="the pages on which axe looks: all, or a few that have all features",
    )
    parser.addoption(
        "--engine",
        choices=["firefox", "webkit"],
        help="the one of Playwright's browsers for test_other_browsers.py",
    )


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
