"""Each benchmark still starts: the modules it names exist, and its flags are told."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def runnable():
    """Scripts with a command line; the others are parts that scripts share."""
    return [p for p in sorted((ROOT / "benchmarks").glob("*.py")) if "__main__" in p.read_text()]


@pytest.mark.parametrize("script", runnable(), ids=lambda p: p.name)
def test_a_benchmark_tells_its_flags(script):
    told = subprocess.run(
        [sys.executable, str(script), "--help"], capture_output=True, text=True, timeout=60
    )
    assert told.returncode == 0, told.stderr
    assert "--seed" in told.stdout
    assert ast.get_docstring(ast.parse(script.read_text()))
