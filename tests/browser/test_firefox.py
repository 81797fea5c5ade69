"""The built site in Firefox: it shows, finds, draws and copies as in Chromium."""

import json
import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

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


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    path = shutil.which("firefox-esr") or shutil.which("firefox")
    if not path:
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail("there is no Firefox")
        pytest.skip("there is no Firefox")
    firefox = Firefox(path, tmp_path_factory.mktemp("profile"))
    yield firefox
    firefox.close()


UNTIL = """
const until = async (what) => {
  for (let i = 0; i < 150; i++) { const found = what(); if (found) return found;
    await new Promise((go) => setTimeout(go, 100)); }
  throw new Error("never: " + what);
};
"""


def test_page_is_laid_out_with_its_font_and_policy(firefox, origin):
    firefox.open(f"{origin}/reference/sigmoid/")
    shown = firefox.run("""
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


def test_policy_holds(firefox, origin):
    firefox.open(f"{origin}/")
    script = """return await new Promise((done) => {
      document.addEventListener("securitypolicyviolation", (e) => done(e.effectiveDirective));
      document.body.insertAdjacentHTML("beforeend", "<img src='https://example.invalid/'>");
      setTimeout(() => done("allowed"), 3000);
    });"""
    assert firefox.run(script) == "img-src"


def test_explorer_starts(firefox, origin):
    firefox.open(f"{origin}/")
    words = firefox.run(
        UNTIL
        + """const element = document.querySelector("sigmoid-explorer");
      const point = await until(() => element.shadowRoot?.querySelector("[role=slider]"));
      return point.getAttribute("aria-valuetext");"""
    )
    assert words.startswith("At x = ")


@pytest.mark.parametrize("place", ["server", "folder"])
def test_search_finds_a_fact_by_its_number(place, firefox, origin, site):
    start = (
        f"{origin}/gallery/"
        if place == "server"
        else (site / "gallery/index.html").as_uri()
    )
    firefox.open(start)
    found = firefox.run(
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


def test_figure_becomes_a_png(firefox, origin):
    firefox.open(f"{origin}/reference/sigmoid/")
    size = firefox.run(
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
