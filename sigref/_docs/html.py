"""One tree of a page's HTML, for all that look at pages or take something from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"}
VOID |= {"source", "track", "wbr"}
"""Elements that have no content and no end tag."""


@dataclass(eq=False)
class Node:
    """An element: `around` has the tags and `.classes` of those that it is in.

    `line` is that of its start tag, `start` and `end` are the offsets of its tags.
    """

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)
    around: frozenset[str] = frozenset()
    line: int = 1
    start: int = 0
    end: int = 0

    def __post_init__(self) -> None:
        """Take the class attribute apart."""
        self.classes = frozenset(self.attributes.get("class", "").split())

    @property
    def elements(self) -> list[Node]:
        """Its children that are elements."""
        return [child for child in self.children if isinstance(child, Node)]

    def inside(self, *names: str) -> bool:
        """Whether it is in an element with one of these tags or `.classes`."""
        return not self.around.isdisjoint(names)

    def text(self) -> str:
        """Return all text in it."""
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)

    def all(self, tag: str = "", name: str = "") -> Iterator[Node]:
        """Its descendants with this tag and class, outer ones first."""
        for child in self.children:
            if isinstance(child, Node):
                if tag in ("", child.tag) and (not name or name in child.classes):
                    yield child
                yield from child.all(tag, name)

    def first(self, tag: str = "", name: str = "") -> Node | None:
        """Return the first of `all`, None if there is none."""
        return next(self.all(tag, name), None)


class _Parser(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open = [Node("document")]
        self.lines = [0]
        for line in text.split("\n"):
            self.lines.append(self.lines[-1] + len(line) + 1)
        self.feed(text)
        self.close()

    def _offset(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes: dict[str, str] = {}
        for name, value in attrs:  # as in a browser, the first of two counts
            attributes.setdefault(name, value or "")
        parent = self.open[-1]
        around = parent.around | {parent.tag, *(f".{name}" for name in parent.classes)}
        line, start = self.getpos()[0], self._offset()
        node = Node(tag, attributes, [], around, line, start)
        parent.children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self.open) - 1, 0, -1):
            if self.open[index].tag == tag:
                self.open[index].end = self._offset()
                del self.open[index:]
                break

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(text: str) -> Node:
    """Return the tree of an HTML document, or of a piece of one."""
    return _Parser(text).open[0]
