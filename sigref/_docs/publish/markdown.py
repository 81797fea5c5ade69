"""A page as Markdown, with its formulas as TeX and its figures as files."""

import re
import textwrap
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from markdownify import ATX, MarkdownConverter

SKIPPED = {"downloads", "headerlink", "tabbed-labels"}
MARKER = re.compile(r"^([ >]*)@@PROGRAM (\d+)@@ *$", re.MULTILINE)
"""The line that stands for a program."""


@dataclass
class Program:
    """A program of a page, the last line of what it raised, and all as Markdown.

    `tag` is for notebooks. A `reset` undoes what an earlier program has set.
    """

    source: str
    error: str
    markdown: str
    tag: str = ""


def convert(article: str, base: str) -> tuple[str, list[str | Program]]:
    """Return an article as Markdown, and its text and programs one after the other.

    Links are joined to the address `base`; if that is `""` they stay as they are.
    """
    converter = Converter(base)
    text = converter.convert(article)
    prose, *rest = MARKER.split(text)
    parts: list[str | Program] = [prose.strip("\n")]
    for number, prose in zip(rest[1::3], rest[2::3], strict=True):
        parts += [converter.programs[int(number)], prose.strip("\n")]

    def program(match: re.Match[str]) -> str:
        markdown = converter.programs[int(match[2])].markdown
        return textwrap.indent(markdown, match[1], lambda _: bool(match[1]))

    return MARKER.sub(program, text) + "\n", [part for part in parts if part]


class Converter(MarkdownConverter):
    """What markdownify does, and what this site has besides."""

    def __init__(self, base: str) -> None:
        super().__init__(
            heading_style=ATX,
            bullets="-",
            escape_asterisks=False,
            escape_underscores=False,
            autolinks=False,
        )
        self.base = base
        self.programs: list[Program] = []

    def process_tag(self, node: Any, parent_tags: set[str] | None = None) -> str:
        """Leave out what is for the screen alone."""
        if SKIPPED & {*node.get("class", [])} or node.name in {"button", "input"}:
            return ""
        return str(super().process_tag(node, parent_tags))  # type: ignore[misc]

    def convert_math(self, el: Any, text: str, parent_tags: set[str]) -> str:
        tex = el.find("annotation").get_text().strip()
        if el.get("display") != "block":
            return f"${tex}$"
        return f"$${tex}$$" if "_inline" in parent_tags else f"\n\n$$\n{tex}\n$$\n\n"

    def convert_a(self, el: Any, text: str, parent_tags: set[str]) -> str:
        if "_noformat" in parent_tags:  # code has no links
            return text
        address = urljoin(self.base, el.get("href", ""))
        return f"[{text}]({address})" if address and text.strip() else text

    def convert_svg(self, el: Any, text: str, parent_tags: set[str]) -> str:
        """Write a figure as a link to its file; drop icons."""
        title = el.find("title")
        if title is None or not el.get("id"):
            return ""
        file = urljoin(self.base, f"{el['id']}.svg")
        return f"\n\n![{title.get_text()}]({file})\n\n"

    def convert_summary(self, el: Any, text: str, parent_tags: set[str]) -> str:
        return f"\n\n**{text.strip()}**\n\n"

    def convert_p(self, el: Any, text: str, parent_tags: set[str]) -> str:
        """Write a paragraph, or the title of a note."""
        if "admonition-title" in el.get("class", []):
            return self.convert_summary(el, text, parent_tags)
        joined = " ".join(text.split("\n"))
        return str(super().convert_p(el, joined, parent_tags))  # type: ignore[misc]

    def convert_td(self, el: Any, text: str, parent_tags: set[str]) -> str:
        """Write a cell, in which a bar is no border."""
        return f" {' '.join(text.replace('|', chr(92) + '|').split())} |"

    convert_th = convert_td

    def convert_pre(self, el: Any, text: str, parent_tags: set[str]) -> str:
        name = el.find("span", class_="filename")
        title = f"`{name.get_text()}`:\n\n" if name else ""
        classes = [c for box in (el, el.parent) for c in box.get("class", [])]
        languages = [c[9:] for c in classes if c.startswith("language-")]
        code = (el.find_all("code") or [el])[-1].get_text().rstrip()
        mark = "```"
        while mark in code:
            mark += "`"
        language = (languages or ["text"])[0]
        return f"\n\n{title}{mark}{language}\n{code}\n{mark}\n\n"

    def convert_div(self, el: Any, text: str, parent_tags: set[str]) -> str:
        classes = {*el.get("class", [])}
        if "program" in classes and "recorded" not in classes:
            listing = el.find(class_="language-python")
            error = "".join(box.get_text() for box in el.find_all(class_="error"))
            source = listing.find_all("code")[-1].get_text().rstrip()
            tag = "raises-exception" if error else ""
            program = Program(source, error.strip(), text.strip(), tag)
            self.programs.append(program)
            return f"\n\n@@PROGRAM {len(self.programs) - 1}@@\n\n"
        if "tabbed-block" in classes:
            number = len(el.find_previous_siblings("div"))
            labels = el.find_parent(class_="tabbed-set").find(class_="tabbed-labels")
            label = labels.find_all("label")[number].get_text().strip()
            return f"\n\n**{label}**\n\n{text.strip()}\n\n"
        return f"\n\n{text.strip()}\n\n"
