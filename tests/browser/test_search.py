"""The questions that people ask, typed into the site's search.

`search_queries.json` holds what is typed for each of the sixty questions, written down
before anything about the search was changed, and the pages that answer it.
"""

import json
from pathlib import Path

from visitor import Tab

QUESTIONS = json.loads(
    Path(__file__).with_name("search_queries.json").read_text("utf-8")
)
# When the last key went up, and when the list of results has last changed since.
WATCH = """() => {
  const input = document.querySelector(".md-search__input");
  input.addEventListener("keyup", () => { window.typed = window.changed = performance.now(); });
  new MutationObserver(() => { window.changed = performance.now(); })
    .observe(document.querySelector(".md-search-result"), { subtree: true, childList: true });
}"""
# Each message to the worker has one answer, in their order.
COUNT = """
  window.waiting = 0;
  window.Worker = class extends Worker {
    constructor(...of) {
      super(...of);
      this.addEventListener("message", ({ data }) => { if (data.type === 3) window.waiting--; });
    }
    postMessage(message, ...rest) {
      if (message.type === 2) window.waiting++;
      super.postMessage(message, ...rest);
    }
  };
"""
FOUND = """(origin) => [...document.querySelectorAll(".md-search-result__item")].slice(0, 3)
  .map((item) => item.querySelector("a").href.slice(origin.length).replace(/[?#].*/, ""))"""


def ask(page, origin: str, query: str, pause: int = 0) -> tuple[list[str], float]:
    """Return the first three pages, and the milliseconds after the last key.

    With a pause between the keys all is typed, else pasted but for the last key.
    """
    box = page.locator(".md-search__input")
    box.fill("" if pause else query[:-1])
    box.press_sequentially(query if pause else query[-1], delay=pause)
    page.wait_for_function("() => window.waiting === 0")
    page.evaluate("() => new Promise((go) => setTimeout(go, 50))")  # it is drawn
    found = [place.strip("/") for place in page.evaluate(FOUND, origin)]
    return found, page.evaluate("window.changed - window.typed")


def test_each_question_finds_its_answer(chromium, origin):
    """57 of 60; only if all that is typed for a question finds it, it counts."""
    tab = Tab(chromium, origin, scripts=True)
    page = tab.page
    page.add_init_script(COUNT)
    page.goto(f"{origin}/gallery/", wait_until="networkidle")
    page.keyboard.press("/")
    page.evaluate(WATCH)
    page.locator(".md-search-result__meta").filter(
        has_not_text="Initializing"
    ).wait_for()
    missed, times = {}, {}
    for question in QUESTIONS:
        pages = {name.replace("index", "") for name in question["pages"]}
        for query in question["queries"]:
            found, times[query] = ask(page, origin, query)
            if not pages & set(found):
                missed.setdefault(question["id"], []).append((query, found))
    print(f"{len(QUESTIONS) - len(missed)} of {len(QUESTIONS)} questions found")
    for query in sorted(times, key=times.get)[-3:]:
        typed = ask(page, origin, query, pause=80)[1]
        print(
            f"{query!r}: {times[query]:.0f} ms after the last key; typed, {typed:.0f} ms"
        )
    for number, queries in missed.items():
        for query, found in queries:
            print(f"{number}: {query!r} finds {', '.join(found) or 'nothing'}")
    page.context.close()
    assert tab.complaints == []  # such as "Invalid query"
    assert len(QUESTIONS) == 60
    assert len(missed) <= 3, missed


def test_questions_name_pages_that_exist(site):
    for question in QUESTIONS:
        assert 2 <= len(question["queries"]) <= 3
        assert "questions" not in question["pages"]
        for name in question["pages"]:
            assert (site / name.removesuffix("index") / "index.html").exists(), name
