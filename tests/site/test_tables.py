"""Tables that are read have seven columns at most; a longer one is folded away."""

from pathlib import Path

from sigref._docs.html import parse


def test_a_table_has_at_most_seven_columns(site: Path) -> None:
    found, wide = 0, []
    for path in sorted(site.rglob("index.html")):
        for table in parse(path.read_text("utf-8")).all("table"):
            if table.inside("article") and not table.inside("details"):
                rows = [*table.all("tr")]
                found += 1
                columns = max(
                    sum(c.tag in {"td", "th"} for c in row.all()) for row in rows
                )
                if columns > 7:
                    wide.append((path.parent.name, rows[0].text()))
    assert found > 100
    assert wide == []
