"""Ask whether what the site links to elsewhere still exists.

    python tests/measure/links.py site

Not a test: the answer is about others' servers. `make links` runs it each week. A
server that refuses programs (401, 403, 429, 999) proves nothing and is only counted.
"""

import re
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from http.client import HTTPException
from pathlib import Path

REFUSED = {401, 403, 429, 999}
AGENT = {"User-Agent": "Mozilla/5.0 (sigref link check)"}


def external(site: Path) -> dict[str, str]:
    """Each address outside the site, without its fragment, and a page that has it."""
    found = {}
    for page in sorted(site.rglob("*.html")):
        for address in re.findall(
            r'<a\s[^>]*?href="(https?://[^"#]*)', page.read_text("utf-8")
        ):
            found.setdefault(unescape(address), page.relative_to(site).as_posix())
    return found


def answer(address: str) -> int | str:
    """Return the status of an address, or why there is none; asks twice."""
    for _ in range(2):
        try:
            request = urllib.request.Request(address, headers=AGENT)
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status
        except urllib.error.HTTPError as error:
            status: int | str = error.code
        except (OSError, HTTPException, ValueError) as error:
            status = str(error)
    return status


def main(site: Path) -> int:
    addresses = external(site)
    with ThreadPoolExecutor(8) as pool:
        answers = dict(zip(addresses, pool.map(answer, addresses), strict=True))
    broken = {a: s for a, s in answers.items() if s != 200 and s not in REFUSED}
    for address, status in broken.items():
        print(f"{addresses[address]}: {address}: {status}")
    refused = sum(status in REFUSED for status in answers.values())
    print(
        f"{len(answers)} addresses, {refused} refused to answer, {len(broken)} broken"
    )
    return bool(broken) or not answers


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
