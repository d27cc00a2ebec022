"""Each benchmark still starts: the modules it names exist, and its flags are told."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ASK_ALL = """
import contextlib, io, json, runpy, sys
told = {}
for script in sys.argv[1:]:
    sys.argv = [script, "--help"]
    sys.path.insert(0, script.rpartition("/")[0])
    heard = io.StringIO()
    with contextlib.redirect_stdout(heard):
        try:
            runpy.run_path(script, run_name="__main__")
        except SystemExit as left:
            told[script] = (left.code or 0, heard.getvalue())
        except Exception as error:
            told[script] = (1, repr(error))
print(json.dumps(told))
"""
"""One process asks them all: each would load the same libraries again."""


def runnable():
    """Scripts with a command line; the others are parts that scripts share."""
    return [p for p in sorted((ROOT / "benchmarks").glob("*.py")) if "__main__" in p.read_text()]


@pytest.fixture(scope="module")
def told():
    asked = subprocess.run(
        [sys.executable, "-c", ASK_ALL, *map(str, runnable())],
        capture_output=True, text=True, timeout=110,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr
    return json.loads(asked.stdout)


@pytest.mark.parametrize("script", runnable(), ids=lambda p: p.name)
def test_a_benchmark_tells_its_flags(script, told):
    code, words = told[str(script)]
    assert code == 0, words
    assert "--seed" in words
    assert ast.get_docstring(ast.parse(script.read_text()))
