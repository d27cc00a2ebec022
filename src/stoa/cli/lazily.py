"""Commands that are imported only when they are asked for, and still told in every list."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

from cyclopts import App


def register(group: App, target: str, name: str) -> None:
    """Adds the function `module:function` to a group of commands under this name.

    Its docstring is read from the source, as an import would load what the command computes with.
    """
    group.command(target, name=name, help=_docstring(target))


def _docstring(target: str) -> str:
    module, _, function = target.partition(":")
    found = find_spec(module)
    if found is None or found.origin is None:
        raise AssertionError(f"no module {module}")
    tree = ast.parse(Path(found.origin).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return ast.get_docstring(node) or ""
    raise AssertionError(f"{module} defines no function {function}")
