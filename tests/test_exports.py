"""The package is what it says: its names are there, and the base install is enough to run it."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "stoa"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MODULES = sorted(
    ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in SOURCE.rglob("*.py")
    if path.name != "__main__.py"
)


def distribution(requirement: str) -> str:
    name = re.split(r"[<>=!~;\[ ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


BASE = {distribution(text) for text in PROJECT["project"]["dependencies"]}
EXTRAS = {
    distribution(text)
    for extra in PROJECT["project"]["optional-dependencies"].values()
    for text in extra
}
BROUGHT = {"pydantic": "pydantic-settings", "anyio": "starlette", "markupsafe": "jinja2"}
"""Packages that a dependency of ours promises to bring, by who brings them."""


def imports(tree: ast.AST):
    """Top-level names imported anywhere in a module, and whether at its top."""
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name.partition(".")[0], id(node) in top
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0], id(node) in top


@pytest.fixture(scope="module")
def imported():
    """For each module of the package, what it imports."""
    return {
        path: list(imports(ast.parse(path.read_text(encoding="utf-8"))))
        for path in SOURCE.rglob("*.py")
    }


def test_only_what_the_base_install_brings_is_imported(imported):
    of_module = packages_distributions()
    strays = set()
    for path, names in imported.items():
        for name, at_top in names:
            if name == "stoa" or name in sys.stdlib_module_names:
                continue
            owners = {distribution(owner) for owner in of_module.get(name, [])} or {
                distribution(name)
            }
            owners |= {BROUGHT.get(owner, owner) for owner in owners}
            allowed = BASE if at_top else BASE | EXTRAS
            if not owners & allowed:
                strays.add(f"{path.relative_to(ROOT)}: {name}")
    assert sorted(strays) == []


def test_every_base_dependency_is_used(imported):
    of_module = packages_distributions()
    used = {
        distribution(owner)
        for names in imported.values()
        for name, _ in names
        for owner in of_module.get(name, [])
    }
    assert sorted(BASE - used) == []


@pytest.mark.parametrize("name", MODULES)
def test_a_module_exports_what_it_names(name):
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} does not say why it exists"
    assert [
        wanted for wanted in getattr(module, "__all__", ()) if not hasattr(module, wanted)
    ] == []


def test_help_needs_neither_the_encoders_nor_the_development_packages():
    barred = sorted({"sentence_transformers", "torch", "hypothesis", "pytest", "atproto"})
    program = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({barred!r}))\n"  # None bars an import
        "sys.argv = ['stoa', '--help']\n"
        "import stoa.cli.up, stoa.cli.bluesky, stoa.cli.inspection, stoa.cli.reports\n"
        "from stoa.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    for command in ("up", "status", "backup", "inspect", "settings", "bluesky"):
        assert f"│ {command} " in done.stdout
