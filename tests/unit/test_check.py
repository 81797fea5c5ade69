"""The site checker finds each kind of fault, and none in a good site."""

import json
import sys
from pathlib import Path

import pytest
import sigref
from built import ROOT
from sigref._docs.publish import check as check_module
from sigref._docs.publish.check import check

PROGRAM = (
    '<div class="program"><div class="language-python highlight"><pre><code>print(1)'
    '</code></pre></div><div class="language-text no-copy output highlight"><pre><code>'
    "1</code></pre></div></div>"
)
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>NAME</title>
<meta name="description" content="About NAME.">
<link rel="canonical" href="https://sigref.example/base/">
<link rel="stylesheet" href="/assets/site.css"></head>
<body><article>
<h1 id="top">NAME<a class="headerlink" href="#top" title="Permanent link">¶</a></h1>
BODY
</article></body></html>
""".replace('"/assets', '"ROOTassets')


def page(name: str, body: str, root: str) -> str:
    return PAGE.replace("NAME", name).replace("BODY", body).replace("ROOT", root)


@pytest.fixture
def small(tmp_path):
    """A good site of two pages, and its sources."""
    docs, site = tmp_path / "docs", tmp_path / "site"
    for folder in (docs, site / "assets", site / "other", site / "search"):
        folder.mkdir(parents=True)
    names = "".join(f'<h2 id="sigref.{name}">{name}</h2>' for name in sigref.__all__)
    home = f'{PROGRAM}<p><a href="other/#top">other</a></p>HERE'
    (docs / "index.md").write_text('```python exec="on"\nprint(1)\n```\n', "utf-8")
    (docs / "other.md").write_text("# other\n", "utf-8")
    (site / "index.html").write_text(page("home", home, ""), "utf-8")
    (site / "other" / "index.html").write_text(page("other", names, "../"), "utf-8")
    (site / "assets" / "site.css").write_text("p { color: black }", "utf-8")
    entries = [{"location": place, "text": "text"} for place in ("", "other/#top")]
    index = json.dumps({"docs": entries})
    (site / "search" / "search_index.json").write_text(index, "utf-8")
    replace(site / "index.html", "HERE", "")
    return site, docs


def replace(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def faults_with(small, body):
    site, docs = small
    replace(site / "index.html", "</article>", f"{body}\n</article>")
    return check(site, docs)


def test_small_good_site_has_no_fault(small):
    assert check(*small) == []


GOOD = {
    "outer link": '<p><a href="https://example.org/">elsewhere</a></p>',
    "mail": '<p><a href="mailto:a@example.org">write</a></p>',
    "encoded link": '<p><a href="%6Fther/">other</a></p>',
    "encoded anchor": '<h2 id="σ">σ</h2><p><a href="#%CF%83">σ</a></p>',
    "query": '<p><a href="other/?h=x#top">other</a></p>',
    "inline code": "<p><code>**x** \\frac ::: ```</code></p>",
    "inline Python": '<p><code class="language-python highlight">x</code></p>',
    "data image": '<p><img src="data:image/png;base64,AA==" alt="a dot"></p>',
    "table": "<table><tr><th>x</th></tr><tr><td>1</td></tr></table>",
    "drawing": '<svg role="img"><title>A curve</title><path d="M0 0"/></svg>',
    "clip": '<svg role="img" aria-label="A"><g clip-path="url(#top)"></g></svg>',
    "icon": '<span class="twemoji"><svg><path d="M0 0"/></svg></span>',
    "quoted address": "<p>See <code>url(https://example.org/)</code>.</p>",
    "price, power and brackets": "<p>f(x) (a) [b] costs $5 or 2**-9</p>",
    "other language": '<div class="language-r highlight"><pre><code>plogis(2)</code></pre></div>',
    "foreign program": '<div class="language-text highlight"><pre><code>import gone\n'
    "from math import pi</code></pre></div>",
    "program of a test": '<div class="tested-elsewhere"><div class="language-text highlight">'
    "<pre><code>from math import pi</code></pre></div></div>",
    "documented example": '<div class="doc-contents"><div class="language-pycon highlight">'
    "<pre><code>&gt;&gt;&gt; 1</code></pre></div></div>",
    "fence as text": '<div class="language-markdown highlight"><pre><code>```python exec="on"\n'
    "from math import pi\n```</code></pre></div>",
}


@pytest.mark.parametrize("body", GOOD.values(), ids=GOOD)
def test_good_page_has_no_fault(body, small):
    assert faults_with(small, body) == []


LISTING = '<div class="{}"><pre><code>{}</code></pre></div>'
# What stands on the page, and a part of the line that it must produce.
BAD = [
    ('<p id="top">again</p>', "id 'top' is used twice"),
    ('<img src="other/index.html">', "has no alt text"),
    ('<img src="other/index.html" alt=" ">', "has no alt text"),
    ("<h2></h2>", "a heading is empty"),
    ('<h2><a class="headerlink" href="#top">¶</a></h2>', "a heading is empty"),
    ("<h2>a</h2><h4>b</h4>", "heading of level 4 below one of 2"),
    ("<h1>Second</h1>", "2 main headings"),
    ("<table><tr><td>1</td></tr></table>", "a table has no header"),
    ('<svg role="img" id="f"><path d="M0 0"/></svg>', "drawing 'f' has no title"),
    ('<svg role="img"><title> </title></svg>', "has no title"),
    ('<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>', "has no title"),
    ('<p aria-describedby="nothing">x</p>', "refers to the id 'nothing'"),
    ('<g clip-path="url(#nothing)"></g>', "refers to the id 'nothing'"),
    ("<math><merror>x</merror></math>", "a formula was not rendered"),
    ('<span class="arithmatex">x</span>', "a formula was not rendered"),
    # Links
    ('<a href="missing/">x</a>', "link 'missing/' leads nowhere"),
    ('<a href="assets/">x</a>', "link 'assets/' leads nowhere"),
    ('<a href="../docs/index.md">x</a>', "leads nowhere"),
    ('<a href="%2e%2e/docs/index.md">x</a>', "leads nowhere"),
    ('<a href="/other/">x</a>', "depends on where the site is served"),
    ('<a href="#nothing">x</a>', "there is no such anchor"),
    ('<a href="other/#nothing">x</a>', "there is no such anchor"),
    ('<a href="other/index.html#nothing">x</a>', "there is no such anchor"),
    ('<a href="">x</a>', "a link has no address"),
    ('<a href="#">x</a>', "a link has no address"),
    ('<a href="other/"></a>', "has no text"),
    ('<a href="javascript:void(0)">x</a>', "opens no page"),
    ('<a href="file:///etc/hosts">x</a>', "opens no page"),
    ('<a href="//example.org/">x</a>', "without a scheme"),
    ('<use xlink:href="#nothing"/>', "there is no such anchor"),
    # Requests to others
    ('<img src="https://e.org/a.png" alt="a">', "requests the foreign address"),
    ('<img srcset="https://e.org/a.png 2x" src="." alt="a">', "foreign address"),
    ('<source srcset="other/ 1x, https://e.org/b.png 2x">', "foreign address"),
    ('<img src="//e.org/a.png" alt="a">', "without a scheme"),
    ('<script src="https://e.org/a.js"></script>', "foreign address"),
    ('<script>import("https://e.org/a.js")</script>', "foreign address"),
    ('<link rel="preload" href="https://e.org/a">', "foreign address"),
    ('<link rel="preconnect" href="https://e.org">', "foreign address"),
    ('<link rel="next prefetch" href="https://e.org">', "foreign address"),
    ('<form action="https://e.org/"></form>', "foreign address"),
    ('<a href="." ping="https://e.org/">x</a>', "foreign address"),
    ('<p style="background: url(https://e.org/a)">x</p>', "foreign address"),
    ('<p style="background: URL(//e.org/a)">x</p>', "foreign address"),
    ("<style>@import 'https://e.org/a.css';</style>", "foreign address"),
    ("<style>p { background: url( 'https://e.org/a' ) }</style>", "foreign address"),
    ('<rect fill="url(https://e.org/a#b)"></rect>', "foreign address"),
    ('<iframe src="other/"></iframe>', "<iframe> embeds"),
    ('<object data="other/"></object>', "<object> embeds"),
    ('<base href="https://e.org/">', "<base> changes"),
    ('<meta http-equiv="Refresh" content="0; url=other/">', "sends the reader"),
    # Programs
    (LISTING.format("language-python highlight", "1"), "Python that was not executed"),
    (LISTING.format("language-py highlight", "1"), "Python that was not executed"),
    (LISTING.format("language-pycon highlight", "1"), "Python that was not executed"),
    ('<pre><code class="language-python">1</code></pre>', "was not executed"),
    (LISTING.format("language-text highlight", "from math import pi"), "was not exec"),
    (LISTING.format("language-text highlight", "&gt;&gt;&gt; 1 + 1"), "was not exec"),
    (LISTING.format("language-text output highlight", "42"), "no program printed"),
    (LISTING.format("language-text error highlight", "OSError"), "no program printed"),
    (PROGRAM, "index.md: 1 Python fences, but 2 programs"),
    (PROGRAM.partition('<div class="language-text')[0] + "</div>", "shows nothing"),
    ("<script>run()</script>", "<script> on the page itself"),
    ("<style>p { color: red }</style>", "<style> on the page itself"),
    ('<meta name="description" content="a " quoted" word">', "cut off at a quotation"),
    ("<p>Traceback (most recent call last):</p>", "shows a traceback"),
    ("<pre>Traceback <b>(most recent</b> call last):</pre>", "shows a traceback"),
]
LEAKS = [r"a \(x\) b", r"\[x\]", "$$x$$", "so $x + y$ is", r"\frac12", r"\sigma"]
LEAKS += ["```python", "~~~", "::: sigref", "  ::: sigref", '--8&lt;-- "a"', "!!! note"]
LEAKS += ["??? example", '=== "Tab"', "text {: .big }", "{.python}", "{ #top }"]
LEAKS += ["[text](page.md)", "[text][page]", "a note[^1]", "**bold", "## Heading"]
LEAKS += ['exec="on"', "{{ page.title }}", "{% raw %}", "&lt;div class='x'>"]
LEAKS += ["loss 1\n| a | b |\n|---|--:|\n| 1 | 2 |"]
LEAKS += ["a\u202eb", "a\u2066b"]
LEAKS += ["&lt;br>", "&amp;nbsp;", "&amp;#8722;"]
BAD += [(f"<p>{leak}</p>", "shows unrendered Markdown") for leak in LEAKS]
BAD += [
    ('<img src="." alt="so $x$ is">', "alt= has unrendered Markdown"),
    ("<p>/home/somebody/site</p>", "of the building machine"),
    ("<p>C:\\Users\\me</p>", "of the building machine"),
    ("<pre>/opt/x/site-packages/numpy</pre>", "of the building machine"),
    (f"<p>{sys.prefix}</p>", "of the building machine"),
    ("<pre>&lt;f at 0x7f5d8c0b1e40&gt;</pre>", "of the building machine"),
]


@pytest.mark.parametrize(("body", "expected"), BAD, ids=[body for body, _ in BAD])
def test_fault_on_a_page_is_found_with_its_place(body, expected, small):
    faults = faults_with(small, body)
    assert [fault for fault in faults if expected in fault] != [], faults
    assert len(faults) <= 3, faults
    assert faults[0].startswith(("index.html:", "index.md: "))


HEADS = [
    (' lang="en"', "", "the page has no language"),
    ("<title>home</title>", "<title> </title>", "the page has no title"),
    ('content="About home."', 'content=""', "the page has no description"),
    ("<h1 id", "<h2 id", "0 main headings"),
    ("<title>home", "<title>other", "another page has the title 'other'"),
    ("About home.", "About other.", "another page has the same description"),
    (PROGRAM, "", "index.md: 1 Python fences, but 0 programs"),
    ("assets/site.css", "assets/missing.css", "leads nowhere"),
]


@pytest.mark.parametrize(("old", "new", "expected"), HEADS)
def test_page_that_lacks_something_is_found(old, new, expected, small):
    site, docs = small
    replace(site / "index.html", old, new)
    assert expected in "\n".join(check(site, docs))


FILES = [
    ("assets/site.css", "@import 'https://e.org/a.css';", "requests the foreign"),
    ("assets/site.css", "@import url(//e.org/a.css);", "requests the foreign"),
    ("assets/site.css", "p { src: url('fonts/none.woff2') }", "which does not exist"),
    ("assets/new.js", f"// {ROOT}/docs", "of the building machine"),
    ("examples/new.py", "# /Users/me/x", "of the building machine"),
    ("search/search_index.json", '{"docs": []}', "search index: lacks index.html"),
    (
        "search/search_index.json",
        '{"docs": [{"location": "gone/", "text": ""}]}',
        "search index: 'gone/' leads nowhere",
    ),
    (
        "search/search_index.json",
        '{"docs": [{"location": "#gone", "text": "encoding=x"}]}',
        "search index: markup in '#gone'",
    ),
    ("stray/index.html", page("stray", PROGRAM, "../"), "programs without a source"),
]


@pytest.mark.parametrize(("name", "text", "expected"), FILES)
def test_fault_in_a_file_is_found(name, text, expected, small, monkeypatch):
    site, docs = small
    monkeypatch.chdir(ROOT)
    (site / name).parent.mkdir(exist_ok=True)
    (site / name).write_text(text, "utf-8")
    assert expected in "\n".join(check(site, docs))


def test_missing_search_index_is_found(small):
    site, docs = small
    (site / "search" / "search_index.json").unlink()
    assert "search index: there is none" in check(site, docs)


def test_public_name_without_a_page_is_found(small):
    site, docs = small
    replace(site / "other" / "index.html", "sigref.logit", "sigref.logits")
    assert check(site, docs) == ["sigref.logit is public, but no page documents it"]


def test_empty_folder_is_no_site(tmp_path):
    assert "there are no pages" in check(tmp_path, tmp_path)[0]


def test_page_for_missing_pages_links_from_the_root_and_nowhere_else(small):
    site, docs = small
    missing = page("gone", '<a href="/other/#top">x</a>', "/base/")
    (site / "404.html").write_text(missing, "utf-8")
    assert check(site, docs) == []
    replace(site / "404.html", "/other/", "/others/")
    assert [fault[-14:] for fault in check(site, docs)] == [" leads nowhere"]


def test_address_is_no_path_of_the_building_machine(small, monkeypatch):
    """A container may have the checkout in /docs."""
    site, docs = small
    monkeypatch.setattr(check_module.Path, "cwd", lambda: Path("/docs"))
    (site / "assets" / "a.js").write_text(
        "// https://e.org/docs/a and ../docs/b", "utf-8"
    )
    assert check(site, docs) == []
    (site / "assets" / "a.js").write_text("// /docs/a", "utf-8")
    assert check(site, docs) == [
        "assets/a.js: contains '/docs' of the building machine"
    ]
