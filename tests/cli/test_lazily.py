"""A list of commands says a sentence of each, and imports none of them."""

import os
import re
import subprocess
import sys

import pytest
from cyclopts import App

from stoa.cli.lazily import register

LISTS = """
import sys
from stoa.cli.commands import app
for group in ([], ["ask"], ["ask", "evaluate"], ["evaluate"], ["models"], ["notes"]):
    app([*group, "--help"], result_action="return_value")
print("loaded", *(name for name in ("jax", "scipy", "starlette") if name in sys.modules))
"""


@pytest.fixture(scope="module")
def lists():
    """What each list of commands prints in a process that has imported none of them."""
    asked = subprocess.run(
        [sys.executable, "-c", LISTS], capture_output=True, text=True, timeout=60,
        env=os.environ | {"COLUMNS": "100", "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr
    return asked.stdout


def test_every_command_is_told_in_a_sentence(lists):
    named = re.findall(r"^│ ([a-z][a-z-]*) +(\S*)", lists, flags=re.MULTILINE)
    assert {"train", "mcp", "verify", "sequences", "drafts"} <= {name for name, _ in named}
    assert [name for name, word in named if word == "│"] == []


def test_a_list_loads_nothing_that_computes(lists):
    assert lists.splitlines()[-1] == "loaded"


def test_a_list_is_told_without_importing_its_commands(tmp_path, monkeypatch, capsys):
    source = 'raise RuntimeError("imported")\n\n\ndef weigh():\n    """Weighs it."""\n'
    (tmp_path / "heavy_study.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    group = App(name="study", result_action="return_value")
    register(group, "heavy_study:weigh", "weigh")
    group(["--help"])
    assert "Weighs it." in capsys.readouterr().out
    with pytest.raises(RuntimeError, match="imported"):
        group(["weigh"])


def test_a_name_that_is_not_there_is_found_at_once(tmp_path, monkeypatch):
    (tmp_path / "empty_study.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(AssertionError, match="no function weigh"):
        register(App(name="study"), "empty_study:weigh", "weigh")
