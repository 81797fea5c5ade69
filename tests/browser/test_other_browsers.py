"""The built site in another browser: it shows, finds and draws as in Chromium.

That is the Firefox of this machine, or with `--engine` one of Playwright's browsers.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


class Firefox:
    """Firefox, through the protocol that it speaks itself (Marionette)."""

    def __init__(self, path: str, profile: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        settings = {
            "marionette.port": port,
            "app.update.enabled": False,
            "browser.shell.checkDefaultBrowser": False,
            "datareporting.policy.dataSubmissionEnabled": False,
        }
        lines = [f'user_pref("{k}", {json.dumps(v)});' for k, v in settings.items()]
        (profile / "user.js").write_text("\n".join(lines), "utf-8")
        command = [path, "--headless", "--marionette", "--no-remote"]
        self.process = subprocess.Popen(
            [*command, "--profile", str(profile)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
                break
            except OSError:
                if time.monotonic() > deadline:
                    self.process.kill()
                    raise
                time.sleep(0.1)
        self.answers = self.socket.makefile("rb")
        self._receive()
        self.count = 0
        self.call("WebDriver:NewSession")
        self.call("WebDriver:SetTimeouts", script=20000)

    def _receive(self) -> list:
        size = b""
        while (digit := self.answers.read(1)) != b":":
            size += digit
        return json.loads(self.answers.read(int(size)))

    def call(self, command: str, **parameters: object) -> object:
        self.count += 1
        data = json.dumps([0, self.count, command, parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(data), data))
        _, number, error, result = self._receive()
        assert number == self.count
        assert error is None, error
        return result

    def open(self, address: str) -> None:
        self.call("WebDriver:Navigate", url=address)

    def run(self, script: str) -> object:
        """What an async function returns in the page."""
        wrapped = (
            f"const done = arguments[0]; (async () => {{ {script} }})()"
            ".then(done, (error) => done(String(error)));"
        )
        return self.call("WebDriver:ExecuteAsyncScript", script=wrapped, args=[])[
            "value"
        ]

    def close(self) -> None:
        self.socket.close()
        self.process.terminate()
        self.process.wait(20)


class Other:
    """A browser of Playwright's, to be used like `Firefox`."""

    def __init__(self, browser: Browser) -> None:
        self.browser, self.page = browser, browser.new_page()

    def open(self, address: str) -> None:
        self.page.goto(address)

    def run(self, script: str) -> object:
        return self.page.evaluate(f"async () => {{ {script} }}")

    def close(self) -> None:
        self.browser.close()


@pytest.fixture(scope="module")
def browser(tmp_path_factory, playwright, pytestconfig):
    if engine := pytestconfig.getoption("--engine"):
        browser = Other(getattr(playwright, engine).launch())
    elif path := shutil.which("firefox-esr") or shutil.which("firefox"):
        browser = Firefox(path, tmp_path_factory.mktemp("profile"))
    elif os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail("there is no Firefox")
    else:
        pytest.skip("there is no Firefox")
    yield browser
    browser.close()


UNTIL = """
const until = async (what) => {
  for (let i = 0; i < 150; i++) { const found = what(); if (found) return found;
    await new Promise((go) => setTimeout(go, 100)); }
  throw new Error("never: " + what);
};
"""


def test_page_is_laid_out_with_its_font_and_policy(browser, origin):
    browser.open(f"{origin}/reference/sigmoid/")
    shown = browser.run("""
      await document.fonts.ready;
      const fraction = document.querySelector("article mfrac").getBoundingClientRect();
      const figure = document.querySelector(".fig svg").getBoundingClientRect();
      return {
        font: document.fonts.check('16px "Site Math"'),
        fraction: fraction.height > 25, figure: figure.width > 300,
        line: getComputedStyle(document.querySelector(".fig [stroke^='var(']")).stroke,
        wide: document.documentElement.scrollWidth <= innerWidth,
        script: document.documentElement.matches(".js"),
      };""")
    assert re.fullmatch(r"rgb\(\d+, \d+, \d+\)", shown.pop("line"))
    assert set(shown.values()) == {True}, shown


def test_policy_holds(browser, origin):
    browser.open(f"{origin}/")
    script = """return await new Promise((done) => {
      document.addEventListener("securitypolicyviolation", (e) => done(e.effectiveDirective));
      document.body.insertAdjacentHTML("beforeend", "<img src='https://example.invalid/'>");
      setTimeout(() => done("allowed"), 3000);
    });"""
    assert browser.run(script) == "img-src"


def test_explorer_starts(browser, origin):
    browser.open(f"{origin}/")
    words = browser.run(
        UNTIL
        + """const element = document.querySelector("sigmoid-explorer");
      const point = await until(() => element.shadowRoot?.querySelector("[role=slider]"));
      return point.getAttribute("aria-valuetext");"""
    )
    assert words.startswith("At x = ")


@pytest.mark.parametrize("place", ["server", "folder"])
def test_search_finds_a_fact_by_its_number(place, browser, origin, site):
    start = (
        f"{origin}/gallery/"
        if place == "server"
        else (site / "gallery/index.html").as_uri()
    )
    browser.open(start)
    found = browser.run(
        UNTIL
        + """document.querySelector("label.md-header__button[for=__search]").click();
      const input = document.querySelector(".md-search__input");
      input.focus();
      input.value = "10.11";
      input.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true }));
      const link = await until(() => document.querySelector(".md-search-result__item a[href*='f-10.11']"));
      return link.textContent;"""
    )
    assert "Chord" in found


def test_figure_becomes_a_png(browser, origin):
    browser.open(f"{origin}/reference/sigmoid/")
    size = browser.run(
        UNTIL
        + """let blob;
      const make = URL.createObjectURL;
      URL.createObjectURL = (made) => (blob = made, make.call(URL, made));
      (await until(() => document.querySelector(".fig .downloads button"))).click();
      await until(() => blob);
      return [blob.type, blob.size];"""
    )
    assert size[0] == "image/png"
    assert size[1] > 10_000
