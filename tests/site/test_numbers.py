"""How good the evidence for the numbers in sentences is, on the built site."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from built import SOURCES, page_of
from sigref._docs.html import parse
from sigref._docs.page.current import read
from sigref._docs.page.sources import MARK
from sigref._docs.publish import numbers


def with_another_digit(number: numbers.Number) -> Iterator[numbers.Number]:
    """Yield the numbers with one digit changed; of a power, in its exponent."""
    start = number.text.find("^") + 1
    for at, old in enumerate(number.text):
        for new in "0123456789" if at >= start and old.isdigit() else "":
            text = number.text[:at] + new + number.text[at + 1 :]
            other = next(numbers.numbers(text), number)
            if other.value != number.value:
                kept = {"percent": number.percent, "digits": number.digits}
                yield dataclasses.replace(other, **kept)


def test_a_wrong_digit_is_seldom_held_by_chance(site: Path) -> None:
    rates = []
    for path in SOURCES:
        source = "\n".join(read(path))
        if MARK in source:
            continue
        page = parse(page_of(path, site).read_text("utf-8"))
        for _, number, values in numbers.held(page, source):
            wrong = [*with_another_digit(number)]
            passed = [other for other in wrong if any(map(other.rounds, values))]
            rates.append(len(passed) / len(wrong))
    print(f"{len(rates)} numbers, {sum(rates) / len(rates):.1%} of changes pass")
    assert len(rates) > 200
    assert sum(rates) / len(rates) <= 0.05
