"""Complete a built site: font, downloads, privacy, and nothing that no page loads.

    python -m sigref._docs.publish.finish site

Each page gets a policy that allows nothing but its own files, and works from a folder
as from a server. Two builds of the same pages give the same bytes.
"""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from sigref._docs.html import Node, parse
from sigref._docs.publish import buttons, export, material, rules
from sigref._docs.publish.mathfont import add_math_font
from sigref.facts.render import to_json

UTF8 = '<meta charset="utf-8">'
SCRIPT = re.compile(r'<script src="[^"]*assets/([\w-]+)\.js" defer></script>\n?')
# What authors say to the checker; not for readers.
COMMENT = re.compile(r"<!-- numbers:.*?-->\n?", re.DOTALL)
# The corner of a table names neither its column nor its row.
EMPTY_HEADER = re.compile(r"<th( [^>]*)?></th>")
# Hundreds of formulas; each can be copied as TeX from its own page.
OVERVIEW = re.compile("<fact-filter>.*?</fact-filter>", re.DOTALL)
ANNOTATION = re.compile("<annotation.*?</annotation>", re.DOTALL)
# Zensical writes one for a site that has no address.
NOWHERE = re.compile(r'\s*<link rel="canonical" href="/[^"]*">')
SHEET = re.compile(r'\s*<link rel="stylesheet" href="[^"]*_mkdocstrings\.css">')


def remove_unused_files(site: Path) -> None:
    """Delete what the theme ships but no page of this site loads, and who names it."""
    for path in site.rglob("*.map"):
        path.unlink()
    for name in ("javascripts/lunr", "inventories"):
        shutil.rmtree(site / "assets" / name, ignore_errors=True)
    pattern = re.compile(r"\n?(?://|/\*)# sourceMappingURL=\S+(?: \*/)?\s*$")
    for path in [*site.rglob("*.js"), *site.rglob("*.css")]:
        path.write_text(pattern.sub("\n", path.read_text("utf-8")), "utf-8")


def strip_comments(site: Path) -> None:
    """Leave to the authors what our scripts and styles say to them."""
    comments = {"*.js": r"(?m)^\s*//.*\n", "site.css": r"(?s)\s*/\*.*?\*/"}
    for files, comment in comments.items():
        for path in site.glob(f"assets/{files}"):
            path.write_text(re.sub(comment, "", path.read_text("utf-8")), "utf-8")


def without_unused(page: str) -> str:
    """Return `page` without the scripts and styles of what is not on it."""

    def script(match: re.Match[str]) -> str:
        # The file of a custom element has its name; other files have no hyphen.
        unused = "-" in match[1] and f"<{match[1]}" not in page
        return "" if unused else match[0]

    page = SCRIPT.sub(script, page)
    return page if 'class="doc ' in page else SHEET.sub("", page)


def with_module(page: str, root: str, wheel: str, repository: str) -> str:
    """Return `page` with how to get the module: the wheel here, the repository if set."""
    address = f"{root}assets/{wheel}"
    text = (
        f'<p><a href="{address}">{wheel}</a>, and its '
        f'<a href="{address}.sha256">SHA-256</a>. Then: '
        f"<code>pip install ./{wheel}</code></p>"
    )
    if repository:
        command = f'pip install "sigref[plot] @ git+{repository}"'
        text += f"<p>Or from the repository: <code>{command}</code></p>"
    return page.replace("<!-- wheel -->", text)


def with_policy(page: str, tree: Node, *, own_theme: bool) -> str:
    """Return `page` with what it may load: its own files, and what the theme holds."""

    def allowed(tag: str) -> str:
        sources = ["'self'"]
        for node in tree.all(tag):
            if not (node.attributes or node.inside("article")):
                digest = hashlib.sha256(node.text().encode()).digest()
                sources.append(f"'sha256-{base64.b64encode(digest).decode()}'")
        return " ".join(dict.fromkeys(sources))

    # The search of Zensical writes its style sheet by a script.
    styles = allowed("style") if own_theme else "'self' 'unsafe-inline'"
    policy = (
        f"default-src 'none'; script-src {allowed('script')}; style-src {styles}; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "worker-src 'self'; base-uri 'none'; form-action 'none'"
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    if UTF8 not in page:
        raise SystemExit("a page does not say that it is UTF-8")
    return page.replace(UTF8, f"{UTF8}\n      {meta}", 1)


def write_wheel(site: Path) -> str:
    """Offer the module itself, with its hash; return the name of the file."""
    folder = site / "assets"
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d"]
    subprocess.run([*command, str(folder)], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    text = f"{hashlib.sha256(wheel.read_bytes()).hexdigest()}  {wheel.name}\n"
    wheel.with_name(f"{wheel.name}.sha256").write_text(text, "utf-8")
    return wheel.name


def write_texts(site: Path, trees: dict[Path, Node], texts: dict[Path, str]) -> None:
    """Write llms.txt, a list of the pages, and llms-full.txt, all of their text."""
    home = site / "index.html"
    order, path = [], home
    while path not in order:  # as the navigation has them
        order.append(path)
        if following := rules.linked(trees[path], "next"):
            path = (path.parent / following / "index.html").resolve()
    order += [path for path in texts if path not in order]
    title, text = _title(trees[home]), rules.description_of(trees[home])
    lines, full = [f"# {title}", "", f"> {text}", "", "## Pages", ""], []
    for path in order:
        address = rules.linked(trees[path], "canonical")
        if not address and path != home:
            address = f"{path.parent.relative_to(site).as_posix()}/"
        title, text = _title(trees[path]), rules.description_of(trees[path])
        lines.append(f"- [{title}]({address}index.md): {text}")
        full.append(f"<!-- {address or title} -->\n\n{texts[path]}\n")
    (site / "llms.txt").write_text("\n".join(lines) + "\n", "utf-8")
    (site / "llms-full.txt").write_text("\n\n".join(full), "utf-8")


def _title(tree: Node) -> str:
    return rules.title_of(tree).removesuffix(" - sigref")


def finish(site: Path) -> None:
    remove_unused_files(site)
    strip_comments(site)
    # Zensical has a theme of its own, and an index of its own.
    if own_theme := (site / material.INDEX).exists():
        material.adapt(site)
    (site / "assets" / "early.js").unlink()
    wheel = write_wheel(site)
    pages, trees, texts = {}, {}, {}
    for path in sorted(site.rglob("*.html")):
        page = without_unused(path.read_text("utf-8"))
        root = "../" * (len(path.relative_to(site).parts) - 1)
        page = with_module(page, root, wheel, os.environ.get("REPO_URL", ""))
        page = NOWHERE.sub("", COMMENT.sub("", page))
        tree = trees[path] = parse(page)
        if path.name != "404.html":
            name = "home" if path.parent == site else path.parent.name
            page, texts[path] = export.write(
                path.parent, name, page, _title(tree), rules.linked(tree, "canonical")
            )
        pages[path] = with_policy(page, tree, own_theme=own_theme)
    write_texts(site, trees, texts)
    add_math_font(site, pages.values())
    buttons.publish(site, pages)
    for path, page in pages.items():
        page = material.drop_uncoloured_spans(EMPTY_HEADER.sub(r"<td\1></td>", page))
        page = OVERVIEW.sub(lambda table: ANNOTATION.sub("", table[0]), page)
        path.write_text(material.wrap_tables(page) if own_theme else page, "utf-8")


def main() -> None:
    site = Path(sys.argv[1]).resolve()
    with ProcessPoolExecutor(1) as other:
        facts = other.submit(to_json)  # measures each of them: seconds
        finish(site)
        (site / "facts.json").write_text(facts.result(), "utf-8")


if __name__ == "__main__":
    main()
