"""What the search is given beside the theme's own index."""

from pathlib import Path

import material
import pytest
from sigref._docs.publish.material import ANSWERS, CHANGES, lead_questions

PAGE = """<nav><h3>Elsewhere</h3><p><a href="../b/">b</a></p></nav>
<article><h1>Questions</h1><p><a href="#one">one</a></p><h2>Part</h2>
<h3>Is 1 &lt; 2?<a class="headerlink">¶</a></h3>
<p>Yes: <a href="../a/#part">there</a>, <a href="../">home</a>.</p>
<p><em>Also asked as:</em> order</p>
<h3>What is new?</h3><p><a href="../a/">a</a></p><h2><a href="../b/">b</a></h2></article>"""


def test_questions_lead_to_the_pages_and_sections_that_answer_them():
    places = ["", "a/", "a/#part", "a/#other", "b/", "questions/", "questions/#one"]
    index = {"docs": [{"location": place} for place in places]}
    lead_questions(index, PAGE)
    asked = {entry["location"]: entry.get("asked", "") for entry in index["docs"]}
    order = "\nIs 1 &lt; 2?\nAlso asked as: order"
    assert asked == {
        "": order,
        "a/": f"{order}\nWhat is new?",
        "a/#part": order,
        "a/#other": "",
        "b/": "",
        "questions/": "",
    }


@pytest.mark.parametrize(
    ("files", "changes"), [("bundle.*.js", CHANGES), ("workers/search.*.js", ANSWERS)]
)
def test_the_theme_has_what_is_changed(files, changes):
    scripts = Path(material.__file__).parent / "templates/assets/javascripts"
    (script,) = scripts.glob(files)
    text = script.read_text("utf-8")
    assert [text.count(theirs) for theirs, _, _ in changes] == [1] * len(changes)
