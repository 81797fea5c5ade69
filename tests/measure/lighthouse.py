"""Measure the built site with Lighthouse, and record what it says.

    python tests/measure/lighthouse.py [--runs 3] [page …]

Needs npm, and Chromium from the path. Each page is loaded `--runs` times as by a phone,
of which the median counts, and once as by a desktop computer. Writes
docs/data/lighthouse.json and the table of it, docs/data/lighthouse.md; exits with
status 1 if a number misses what this project promises. Without names the home page and
the heaviest page of each folder are rated. Pages named, folders of the site such as
`reference/sigmoid`, replace their rows of a record of the same day and versions;
otherwise they are judged, not recorded.
"""

import argparse
import datetime
import functools
import gzip
import http.server
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).parents[2]
SITE = ROOT / os.environ.get("SITE", "site")
RECORD = ROOT / "docs" / "data" / "lighthouse.json"
VERSION = "13.5.0"
PLACE = ROOT / "build" / "lighthouse"
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
# What is promised. Every score that is not named has to be whole.
WHOLE = 100
LEAST = {("mobile", "performance"): 95}
MOST = {"shift": 0.01, "kib": 118, "requests": 13}  # 115 KiB, and 13 heads of answers


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serve files as hosts do: compressed, and to be kept."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Cache-Control", "max-age=31536000")
        if path.suffix not in {".woff2", ".png"}:
            data = gzip.compress(data, 9)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def measure(address, *, desktop):
    """Return the scores of one load, its layout shift, bytes and requests."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        program = PLACE / "node_modules" / ".bin" / "lighthouse"
        command = [program, address, "--quiet", "--output=json"]
        command += [
            f"--output-path={file.name}",
            "--chrome-flags=--headless --no-sandbox",
        ]
        command += [f"--only-categories={','.join(CATEGORIES)}"]
        command += ["--disable-full-page-screenshot"]
        command += ["--preset=desktop"] * desktop
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            env={**os.environ, "CHROME_PATH": CHROMIUM},
        )
        report = json.loads(Path(file.name).read_text("utf-8"))
    scores = {
        name: round(100 * report["categories"][name]["score"]) for name in CATEGORIES
    }
    failed = [
        audit["id"]
        for name in CATEGORIES[1:]
        for part in report["categories"][name]["auditRefs"]
        if (audit := report["audits"][part["id"]])["score"] not in {1, None}
    ]
    requests = [
        request
        for request in report["audits"]["network-requests"]["details"]["items"]
        if not request["url"].startswith("data:")
    ]
    return {
        **scores,
        "failed": failed,
        "shift": round(report["audits"]["cumulative-layout-shift"]["numericValue"], 4),
        "kib": round(sum(r["transferSize"] for r in requests) / 1024, 1),
        "requests": len(requests),
    }


def heaviest():
    """Return the home page and the heaviest page of each folder of the site."""
    found = {}
    for file in SITE.rglob("index.html"):
        size, page = len(gzip.compress(file.read_bytes())), file.parent
        folder = page if page == SITE else page.parent
        where = (folder, page == SITE)
        found[where] = max(found.get(where, (0, page)), (size, page))
    return sorted(page.relative_to(SITE).as_posix() for _, page in found.values())


def median(runs):
    """Return the middle of several runs, for each of what was measured."""
    return {
        name: max((run[name] for run in runs), key=len)
        if name == "failed"
        else statistics.median(run[name] for run in runs)
        for name in runs[0]
    }


def render(record):
    """Return the record as a table in Markdown."""
    pages = record["pages"]
    others = min(
        scores[category]
        for found in pages.values()
        for scores in found.values()
        for category in CATEGORIES[1:]
    )
    lines = [
        "| Page | Phone | Desktop | Layout shift | KiB | Requests |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, found in pages.items():
        phone, desktop = found["mobile"], found["desktop"]
        shift = max(phone["shift"], desktop["shift"])
        lines.append(
            f"| {name} | {phone['performance']:g} | {desktop['performance']:g} "
            f"| {shift:g} | {phone['kib']:g} | {phone['requests']:g} |"
        )
    level = f"{others}" if others == WHOLE else f"{others} or more"
    return (
        "Scores for performance, of 100. The other three scores, for accessibility, best "
        f"practices and search, are {level} on each page, on both devices. Measured on "
        f"{record['date']} with Lighthouse {record['lighthouse']} and Chromium "
        f"{record['chromium']}; what holds for a phone is the median of {record['runs']} "
        "loads.\n\n" + "\n".join(lines) + "\n"
    )


def missed(found):
    """Return which of a page's numbers miss the promise."""
    return [
        f"{kind} {name} {scores[name]:g}"
        for kind, scores in found.items()
        for name, missing in [
            *((n, scores[n] < LEAST.get((kind, n), WHOLE)) for n in CATEGORIES),
            *((n, scores[n] > most) for n, most in MOST.items()),
        ]
        if missing
    ]


def main():
    """Measure, record, judge."""
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", nargs="*")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    pages = options.pages or heaviest()
    subprocess.run(
        ["npm", "install", "--silent", f"--prefix={PLACE}", f"lighthouse@{VERSION}"],
        check=True,
    )

    def page(name):
        address = f"http://127.0.0.1:{server.server_port}/{name}/".replace("/./", "/")
        phone = [measure(address, desktop=False) for _ in range(options.runs)]
        found = {"mobile": median(phone), "desktop": measure(address, desktop=True)}
        print(name, *(missed(found) or ["holds"]), sep=", ", flush=True)
        return found

    handler = functools.partial(Handler, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        found = {name: page(name) for name in pages}
        server.shutdown()
    version = subprocess.check_output([CHROMIUM, "--version"], text=True)
    record = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "lighthouse": VERSION,
        "chromium": re.findall(r"[\d.]+", version)[0],
        "runs": options.runs,
    }
    rows = {"home" if name == "." else name: found[name] for name in found}
    before = json.loads(RECORD.read_text("utf-8")) if options.pages else {}
    rows = before.pop("pages", {}) | rows
    if before in ({}, record):
        record["pages"] = rows
        RECORD.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
        RECORD.with_suffix(".md").write_text(render(record), "utf-8")
    sys.exit(any(map(missed, found.values())))


if __name__ == "__main__":
    main()
