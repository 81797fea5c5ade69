"""Complete a built site: fonts, downloads, privacy, and nothing that no page loads.

    python -m sigref._docs.finish site

The math font is cut down to the characters that a page's formulas use, from 380 KB to
some 6 KB, the style sheets to the rules that can apply. Each page gets a policy that
allows nothing but its own files, and works from a folder as from a server. Two builds of
the same pages give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import shutil
import sys
import unicodedata
from concurrent.futures import ProcessPoolExecutor
from importlib import metadata
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import matplotlib
import numpy as np
import sigref
import tinycss2
from fontTools import subset
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure
from sigref._docs.publish import buttons
from sigref._docs.publish import export as downloads
from sigref.facts.render import to_json
from tinycss2.ast import Node

FONT = "ziamath/fonts/STIXTwoMath-Regular.ttf"
# Primes that Chromium shows in their right size. The bolder forms for scripts (ssty)
# are left out: they would double the fonts.
FEATURES = ["ss04"]
# Browsers show <mi>x</mi> with the mathematical italic letter; h has an older one.
_ITALIC_BLOCKS = [
    range(0x1D434, 0x1D468),
    range(0x1D6A4, 0x1D6A6),
    range(0x1D6E2, 0x1D71C),
]
ITALICS = {"h": "\N{PLANCK CONSTANT}"} | {
    chr(int(upright.split()[1], 16)): chr(code)
    for block in _ITALIC_BLOCKS
    for code in block
    if (upright := unicodedata.decomposition(chr(code)))
}


def formula_characters(page: str) -> set[str]:
    """Return the characters that browsers draw, or ask a font for, in formulas."""
    characters: set[str] = set()
    for formula in re.findall(r"<math.*?</math>", page, re.DOTALL):
        shown = re.sub(r"<annotation.*?</annotation>", "", formula, flags=re.DOTALL)
        shown = re.sub(r"<mi>(&?\w+;|.)</mi>", _italic, shown)
        characters |= set(html.unescape(re.sub(r"<[^>]*>", "", shown)))
        if "<msqrt" in formula or "<mroot" in formula:
            characters.add("√")  # drawn by the browser, not written in the formula
    return characters


def _italic(letter: re.Match[str]) -> str:
    """Add its italic to a letter alone in <mi>: Chromium draws this, asks for both."""
    return letter[1] + ITALICS.get(html.unescape(letter[1]), "")


def add_math_fonts(site: Path, pages: dict[Path, str]) -> dict[Path, str]:
    """Write for each page the part of STIX Two Math that it needs, and its licence.

    Returns the pages, each with its font.
    """
    used = {path: formula_characters(page) | {" "} for path, page in pages.items()}
    source = metadata.distribution("ziamath").locate_file(FONT)
    every = set().union(*used.values())
    font = TTFont(str(source))
    known = font.getBestCmap()
    missing = sorted(c for c in every if not c.isspace() and ord(c) not in known)
    if missing:
        raise SystemExit(f"formulas use characters without a math glyph: {missing}")
    folder = site / "assets" / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    # The font states its copyright, Matplotlib's folder has the text of its licence.
    copyright_notice = font["name"].getDebugName(0)
    stix = Path(matplotlib.get_data_path(), "fonts", "ttf", "LICENSE_STIX")
    licence = stix.read_text("utf-8").partition("SIL OPEN FONT LICENSE")
    (folder / "LICENCE.txt").write_text(
        f"{copyright_notice}\nReduced to the characters that a page uses.\n\n"
        + "".join(licence[1:]),
        "utf-8",
    )
    whole = _part(str(source), every)  # of which a part is cut in a tenth of the time
    done = {}
    for path, characters in used.items():
        if characters == {" "}:
            continue
        name = hashlib.sha256("".join(sorted(characters)).encode()).hexdigest()[:12]
        if not (folder / f"{name}.woff2").exists():
            (folder / f"{name}.woff2").write_bytes(
                _part(BytesIO(whole), characters, "woff2")
            )
        done[path] = with_font(pages[path], name)
    return pages | done


def _part(
    source: str | BytesIO, characters: set[str], flavor: str | None = None
) -> bytes:
    """Return a font that has only some of its characters."""
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(layout_features=FEATURES, hinting=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(characters)))
    subsetter.subset(font)
    font.flavor = flavor
    font.save(file := BytesIO())
    return file.getvalue()


def with_font(page: str, name: str) -> str:
    """Return `page` with its math font, which it loads first: little moves when it comes.

    By a script, because a browser that reads from a folder complains of preloading.
    """
    root = re.search(r'href="([^"]*)assets/site\.css"', page)
    if not root:
        raise SystemExit("a page with formulas has no style sheet of the site")
    address = f"{root[1]}assets/fonts/{name}.woff2"
    link = (
        f'<link rel="preload" href="{address}" as="font" type="font/woff2" crossorigin>'
    )
    head = (
        '<script>if (location.protocol !== "file:") '
        f"document.head.insertAdjacentHTML(\"beforeend\", '{link}');</script>\n"
        '      <style>@font-face { font-family: "Site Math"; font-display: swap; '
        f'src: url("{address}") format("woff2"); }}</style>'
    )
    return page.replace(UTF8, f"{UTF8}\n      {head}", 1)


def remove_ballast(site: Path) -> None:
    """Delete what the theme ships but no page of this site loads."""
    for path in site.rglob("*.map"):
        path.unlink()
    for name in ("javascripts/lunr", "inventories"):
        shutil.rmtree(site / "assets" / name, ignore_errors=True)
    for path in site.rglob("*.js"):  # the maps they point to are gone
        text = path.read_text("utf-8")
        path.write_text(re.sub(r"\n?//# sourceMappingURL=\S+\s*$", "\n", text), "utf-8")
    for path in site.rglob("*.css"):
        text = path.read_text("utf-8")
        path.write_text(
            re.sub(r"\n?/\*# sourceMappingURL=\S+ \*/\s*$", "\n", text), "utf-8"
        )


# --- Style sheets -----------------------------------------------------------------


COSTLY = "data-md-color-switching"
"""At each start the theme turns a rule for all elements on and off again."""


def drop_dead_rules(site: Path, pages: dict[Path, str]) -> None:
    """Take from the style sheets what applies to nothing on any page: half of them."""
    names = set()
    for page in pages.values():
        for tag in re.findall(r"<[a-zA-Z][^>]*>", page):
            names |= set(re.findall(r"[\w-]+", tag))
    for script in site.rglob("*.js"):  # which may give any of its words as a class
        if script.parent.name != "search":
            names |= set(re.findall(r"[\w-]+", script.read_text("utf-8")))
    sheets = {
        path: live_rules(path.read_text("utf-8"), names, None)
        for path in site.rglob("*.css")
    }
    variables = names | set(re.findall(r"var\(\s*(--[\w-]+)", "".join(sheets.values())))
    for path, sheet in sheets.items():
        path.write_text(live_rules(sheet, names, variables), "utf-8")


def live_rules(sheet: str, names: set[str], variables: set[str] | None) -> str:
    """Return `sheet` with what can apply on pages that hold nothing but `names`.

    Of the custom properties only `variables` stay, if they are given.
    """
    return _live(tinycss2.parse_stylesheet(sheet, True, True), names, variables)


def _live(rules: list[Node], names: set[str], variables: set[str] | None) -> str:
    kept = []
    for rule in rules:
        if rule.type == "error":
            raise SystemExit(f"a style sheet, line {rule.source_line}: {rule.message}")
        head = tinycss2.serialize(getattr(rule, "prelude", [])).strip()
        if rule.type == "at-rule" and rule.lower_at_keyword in {"media", "supports"}:
            inside = tinycss2.parse_rule_list(rule.content, True, True)
            if body := _live(inside, names, variables):
                kept.append(f"@{rule.at_keyword} {head}{{{body}}}")
        elif rule.type == "qualified-rule":
            selectors = [s for s in _split(rule.prelude) if _applies(s, names)]
            content = tinycss2.parse_blocks_contents(rule.content, True, True)
            body = ";".join(
                part.serialize()
                for part in content
                if variables is None
                or not getattr(part, "name", "").startswith("--")
                or part.name in variables
            )
            if selectors and body:
                head = ",".join(tinycss2.serialize(s).strip() for s in selectors)
                kept.append(f"{head}{{{body}}}")
        else:
            kept.append(rule.serialize())
    return "".join(kept)


def _split(selectors: list[Node]) -> list[list[Node]]:
    """Split a list of selectors at its commas."""
    parts: list[list[Node]] = [[]]
    for token in selectors:
        if token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _applies(selector: list[Node], names: set[str]) -> bool:
    """Whether all classes, ids and attributes that it asks for are known."""
    asked = set()
    for before, token in pairwise([None, *selector]):
        if token.type == "hash" or (before == "." and token.type == "ident"):
            asked.add(token.value)
        elif token.type == "[] block":
            words = [t.value for t in token.content if t.type in {"ident", "string"}]
            asked.add(words[0])
            if "=" in token.content:  # not ^= or the like
                asked |= set(re.findall(r"[\w-]+", " ".join(words[1:2])))
    # Scripts join names: `tabbed-control--${side}`.
    known = all(n in names or "".join(n.rpartition("-")[:2]) in names for n in asked)
    return known and COSTLY not in asked


# --- Scripts ----------------------------------------------------------------------

IMPORT = re.compile(
    r'^import \{ *([^}]*?),? *\} from "(\./[\w-]+\.js)";\n', re.MULTILINE
)
EXPORT = re.compile(
    r"^export (?=(?:async )?(?:const|let|function\*?|class) (\w+))", re.MULTILINE
)

DEFINE = re.compile(r'^customElements\.define\(("[\w-]+")', re.MULTILINE)
# What the theme's script is made to leave. The search's index weighs more than any page;
# the theme loads it at once, unless the page is opened from a folder, and to mark the
# words that led from a search to a page. As often as it names the colour scheme, the
# browser styles every element again; the style sheet names it for nothing. And each
# table that it wraps has the page laid out again; `with_wrapped_tables` does it before.
CHANGES = {
    'location.protocol!=="file:"': "!1",
    '("search.highlight")?': '("search.highlight")&&location.search?',
    '{name:"color-scheme"}': '{name:"unused"}',
    '"table:not([class])"': '"table:not([class],.md-typeset__table>*)"',
}
INDEX = "search/search_index.json"
OTHER_SYNTAX = re.compile(
    r"^import *[{*\"'(].*|^import \w+ *(?:,|from).*|^export\b.*|import\.meta",
    re.MULTILINE,
)


def as_classic(path: Path) -> str:
    """Return a module, with those that it imports, as a script of the old kind.

    Browsers load no modules from a folder.
    """
    parts: list[str] = []
    names: dict[Path, str] = {}

    def add(path: Path) -> str:
        if path not in names:
            text = path.read_text("utf-8")
            for _, other in IMPORT.findall(text):
                add((path.parent / other).resolve())
            text = IMPORT.sub(
                lambda match: (
                    f"const {{ {match[1].replace(' as ', ': ')} }} = "
                    f"{add((path.parent / match[2]).resolve())};\n"
                ),
                text,
            )
            public = ", ".join(EXPORT.findall(text))
            text = EXPORT.sub("", text)
            if left := OTHER_SYNTAX.search(text):
                raise SystemExit(f"{path.name}: write {left[0]!r} in a simpler way")
            names[path] = f"module{len(names)}"
            parts.append(
                f"const {names[path]} = (() => {{\n{text}return {{ {public} }};\n}})();\n"
            )
        return names[path]

    add(path.resolve())
    return '"use strict";\n(() => {\n' + "".join(parts) + "})();\n"


def rewrite_scripts(site: Path, pages: dict[Path, str]) -> None:
    """Let scripts work from a folder, and load them only where they are used."""
    modules: dict[Path, str] = {}
    module = re.compile(
        r'<script(?: type="module"| src="(?P<source>[^"]*)"){2}></script>\n?'
    )

    for path, page in pages.items():

        def script(match: re.Match[str], page: str = page) -> str:
            file = site / match["source"][match["source"].index("assets/") :]
            if file not in modules:
                modules[file] = as_classic(file)
            # The file of a custom element has its name.
            if DEFINE.search(modules[file]) and f"<{file.stem}" not in page:
                return ""
            source = match["source"].removesuffix(".js") + ".classic.js"
            return f'<script src="{source}" defer></script>\n'

        pages[path] = module.sub(script, page)
        if 'class="doc ' not in page:
            pages[path] = re.sub(
                r'\s*<link rel="stylesheet" href="[^"]*_mkdocstrings\.css">',
                "",
                pages[path],
            )
    for file, text in modules.items():
        file.with_suffix(".classic.js").write_text(text, "utf-8")
        # The module stays for who imports it, also where its element is known already.
        guarded = DEFINE.sub(
            r"customElements.get(\1) ?? customElements.define(\1",
            file.read_text("utf-8"),
        )
        file.write_text(guarded, "utf-8")


def adapt_material(site: Path) -> None:
    """Change the theme's script, put ours in front, and make its index a script."""
    early = (site / "assets" / "early.js").read_text("utf-8")
    for bundle in site.glob("assets/javascripts/bundle.*.js"):
        text = bundle.read_text("utf-8")
        for theirs, ours in CHANGES.items():
            if text.count(theirs) != 1:
                raise SystemExit(f"the theme has changed: {theirs!r} is not there once")
            text = text.replace(theirs, ours)
        bundle.write_text(early + text, "utf-8")
    index = site / INDEX
    content = json.loads(index.read_text("utf-8"))
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    index.with_suffix(".js").write_text(f"var __index={text}\n", "utf-8")


# --- Pages --------------------------------------------------------------------------


PLAIN = re.compile(r'<span class="(?:n|o|p|w)">([^<]*)</span>')


def without_plain_words(page: str) -> str:
    """Return `page` without the marks around words of code that have no colour.

    Names, operators and the like are half of the elements of a page.
    """
    return re.sub(
        "<pre.*?</pre>", lambda code: PLAIN.sub(r"\1", code[0]), page, flags=re.DOTALL
    )


TABLE = re.compile("<table>.*?</table>", re.DOTALL)


def with_wrapped_tables(page: str) -> str:
    """Return `page` with the boxes in which wide tables scroll."""
    scroll, inner = "md-typeset__scrollwrap", "md-typeset__table"
    return TABLE.sub(
        rf'<div class="{scroll}"><div class="{inner}">\g<0></div></div>', page
    )


UTF8 = '<meta charset="utf-8">'


def with_policy(page: str, *, material: bool) -> str:
    """Return `page` with what it may load: its own files, and what it holds itself."""

    def allowed(tag: str) -> str:
        held = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        hashes = (
            hashlib.sha256(text.encode()).digest() for text in dict.fromkeys(held)
        )
        codes = (base64.b64encode(digest).decode() for digest in hashes)
        return " ".join(["'self'", *(f"'sha256-{code}'" for code in codes)])

    # The search of Zensical writes its style sheet by a script.
    styles = allowed("style") if material else "'self' 'unsafe-inline'"
    policy = (
        f"default-src 'none'; script-src {allowed('script')}; style-src {styles}; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "worker-src 'self'; base-uri 'none'; form-action 'none'"
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    if UTF8 not in page:
        raise SystemExit("a page does not say that it is UTF-8")
    return page.replace(UTF8, f"{UTF8}\n      {meta}", 1)


# --- The card -----------------------------------------------------------------------


def write_card(site: Path) -> None:
    """Draw the picture that other sites show beside a link to this one."""
    figure = Figure((12, 6.3), dpi=100, facecolor="#17304f")
    axes = figure.add_axes((0, 0, 1, 1), facecolor="none", xlim=(-6, 6), ylim=(-1, 1.6))
    axes.axis("off")
    x = np.linspace(-6, 6, 241)
    axes.plot(x, sigref.sigmoid_derivative(x), color="#c992f8", linewidth=5)
    axes.plot(x, sigref.sigmoid(x), color="#6cb4f5", linewidth=9)
    for y, size, text in (
        (1.25, 44, "The sigmoid function"),
        (-0.45, 34, "σ(x) = 1/(1 + e⁻ˣ)"),
        (-0.78, 24, "sigref · the executable reference"),
    ):
        axes.text(-5.3, y, text, size=size, color="#ffffff")
    figure.savefig(site / "assets" / "card.png", metadata={"Software": None})


# --- The whole ----------------------------------------------------------------------


def write_texts(site: Path, pages: dict[Path, str], texts: dict[Path, str]) -> None:
    """Write llms.txt, a list of the pages, and llms-full.txt, all of their text."""
    home = site / "index.html"
    order, path = [], home
    while path not in order:  # as the navigation has them
        order.append(path)
        if following := re.search(r'<link rel="next" href="([^"]*)"', pages[path]):
            path = (path.parent / following[1] / "index.html").resolve()
    order += [path for path in texts if path not in order]
    lines = [f"# {_title(pages[home])}", "", f"> {_described(pages[home])}", ""]
    lines += ["## Pages", ""]
    full = []
    for path in order:
        address = _address(pages[path])
        lines.append(
            f"- [{_title(pages[path])}]({address}index.md): {_described(pages[path])}"
        )
        full.append(f"<!-- {address} -->\n\n{texts[path]}\n")
    (site / "llms.txt").write_text("\n".join(lines) + "\n", "utf-8")
    (site / "llms-full.txt").write_text("\n\n".join(full), "utf-8")


def _address(page: str) -> str:
    match = re.search(r'<link rel="canonical" href="([^"]*)"', page)
    return match[1] if match else ""


def _title(page: str) -> str:
    match = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    return html.unescape(match[1].removesuffix(" - sigref")) if match else ""


def _described(page: str) -> str:
    match = re.search(r'<meta name="description" content="([^"]*)"', page)
    return html.unescape(match[1]) if match else ""


def main() -> None:
    """Finish the site named on the command line."""
    site = Path(sys.argv[1]).resolve()
    with ProcessPoolExecutor(1) as other:
        facts = other.submit(to_json)  # measures each of them: seconds
        remove_ballast(site)
        pages = {path: path.read_text("utf-8") for path in sorted(site.rglob("*.html"))}
        rewrite_scripts(site, pages)
        buttons.publish(site, pages)
        # Zensical has a theme of its own, and an index of its own.
        if material := (site / INDEX).exists():
            adapt_material(site)
        (site / "assets" / "early.js").unlink()
        drop_dead_rules(site, pages)
        texts = {}
        for path, page in pages.items():
            if address := _address(page):
                pages[path], texts[path] = downloads.write(path, page, address)
        write_texts(site, pages, texts)
        write_card(site)
        for path, page in add_math_fonts(site, pages).items():
            page = without_plain_words(page)
            if material:
                page = with_wrapped_tables(page)
            path.write_text(with_policy(page, material=material), "utf-8")
        (site / "facts.json").write_text(facts.result(), "utf-8")


if __name__ == "__main__":
    main()
