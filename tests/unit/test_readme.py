"""The README shows what its program prints, and the figure that the module draws."""

import re
import subprocess
import sys
from pathlib import Path

from sigref._docs.execute import figure
from sigref._docs.execute.run import Program
from sigref._docs.page.programs import runner

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
FIGURE = ROOT / "docs" / "assets" / "sigmoid.svg"
PROGRAM = ROOT / "docs" / "examples" / "sigmoid_and_derivative.py"


def drawn() -> str:
    """The README's figure: the page's own, as a file with a white ground."""
    svg = runner.run(Program(PROGRAM.read_text("utf-8"), salt="readme")).figures[0]
    alt = re.search(r"!\[(.*?)\]", README)[1]
    html = figure.embed(svg, "readme", alt)
    drawing = html.removeprefix('<figure class="fig">').removesuffix("</figure>")
    ground = '</title><rect width="100%" height="100%" fill="#ffffff" />'
    return drawing.replace("</title>", ground, 1) + "\n"


def test_readme_program_prints_what_the_readme_shows(tmp_path):
    program, output = re.findall(r"```(?:python|text)\n(.*?)```", README, re.DOTALL)
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == output


def test_readme_figure_is_what_its_program_draws():
    assert FIGURE.read_text("utf-8") == drawn()


def test_readme_stays_short():
    assert len(README.splitlines()) < 70


if __name__ == "__main__":  # python tests/unit/test_readme.py draws the figure anew
    FIGURE.write_text(drawn(), "utf-8")
