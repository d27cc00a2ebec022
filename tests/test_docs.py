"""The reference names every command and every setting, so that it cannot go stale."""

import re
from pathlib import Path

from stoa.cli.commands import app
from stoa.settings import Settings

DOCS = Path(__file__).parents[1] / "docs"


def headings(page: str) -> set[str]:
    text = (DOCS / "reference" / page).read_text(encoding="utf-8")
    return set(re.findall(r"^#+ `([^`]+)`", text, flags=re.MULTILINE))


def commands(command, path):
    children = [name for name in command if not name.startswith("-")]
    if not children or command.default_command is not None:
        yield path
    for name in children:
        yield from commands(command[name], f"{path} {name}")


def test_every_setting_has_a_heading():
    expected = {f"STOA_{name.upper()}" for name in Settings.model_fields}
    assert headings("settings.md") == expected


def test_every_command_has_a_heading():
    assert headings("commands.md") == set(commands(app, "stoa"))


def test_relative_links_in_the_docs_lead_somewhere():
    broken = [
        f"{page.name}: {target}"
        for page in DOCS.rglob("*.md")
        for target in re.findall(r"\]\(([^)#:]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []
