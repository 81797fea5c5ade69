"""What a program imports, and what it may import."""

import ast
import re
import sys
import tomllib
import warnings
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path


def imported(source: str) -> set[str]:
    """Return the full names in the program's import statements."""
    names = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the program's own process will tell
        tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def preloaded(source: str, preload: Mapping[str, str]) -> str:
    """Return the slow modules that a program loads anyway, with commas between."""
    try:
        imports = imported(source)
    except SyntaxError:
        return ""
    return ",".join(
        module
        for module, pattern in preload.items()
        if any(re.match(pattern, name) for name in imports)
    )


def declared(pyproject: Path, group: str) -> set[str]:
    """Return the modules that programs may import.

    Those of the standard library, and of the dependencies, extras and one dependency
    group in `pyproject`.
    """
    settings = tomllib.loads(pyproject.read_text("utf-8"))
    project = settings["project"]
    entries = [project["dependencies"], settings["dependency-groups"][group]]
    entries += project["optional-dependencies"].values()
    # In a group, an entry may also name another group.
    requirements = [e for part in entries for e in part if isinstance(e, str)]
    names = {_normal(re.split(r"[^\w.-]", entry)[0]) for entry in requirements}
    return {*sys.stdlib_module_names, "__main__", project["name"]} | {
        module
        for module, distributions in metadata.packages_distributions().items()
        if names & {*map(_normal, distributions)}
    }


def _normal(name: str) -> str:
    return name.lower().replace("_", "-")
