"""The reference names every command and every setting, so that it cannot go stale."""

import re
from pathlib import Path

import pytest

from stoa.cli.commands import app
from stoa.settings import Settings

DOCS = Path(__file__).parents[1] / "docs"
CALLED = re.compile(r"\bstoa((?: [a-z][a-z-]*)+)([^`\n]*)")
"""A command in a page: its words, and the rest of the line or of what is quoted."""


def headings(page: str) -> set[str]:
    text = (DOCS / "reference" / page).read_text(encoding="utf-8")
    return set(re.findall(r"^#+ `([^`]+)`", text, flags=re.MULTILINE))


def commands(command, path):
    """Every command that can be called, by the words that call it."""
    children = [name for name in command if not name.startswith("-")]
    if not children or command.default_command is not None:
        yield path, command
    for name in children:
        yield from commands(command[name], f"{path} {name}")


def flags(command):
    """For each value that goes by a flag, the names it goes by."""
    for argument in command.assemble_argument_collection():
        if argument.field_info.kind is argument.field_info.KEYWORD_ONLY:
            yield {name for name in argument.names if name.startswith("--")}


PAGES = [DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md"))]


@pytest.fixture(scope="module")
def called():
    return dict(commands(app, "stoa"))


def test_every_setting_has_a_heading():
    expected = {f"STOA_{name.upper()}" for name in Settings.model_fields}
    assert headings("settings.md") == expected


def test_every_command_has_a_heading(called):
    assert headings("commands.md") == set(called)


def test_every_flag_stands_in_the_section_of_its_command(called):
    text = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")
    sections = dict(part.split("`", 1) for part in re.split(r"^#+ `", text, flags=re.MULTILINE)[1:])
    missing = [
        f"{path} {sorted(names)}"
        for path, command in called.items()
        for names in flags(command)
        if not any(name in sections[path] for name in names)
    ]
    assert missing == []


def test_every_flag_that_a_page_gives_a_command_exists(called):
    strange = []
    for page in PAGES:
        for words, rest in CALLED.findall(page.read_text(encoding="utf-8")):
            path = "stoa" + words
            while path not in called and " " in path:
                path = path.rpartition(" ")[0]
            known = set().union(*flags(called[path])) if path in called else set()
            strange += [
                f"{page.name}: {path} {flag}"
                for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest)
                if flag not in known | {"--help", "--version"}
            ]
    assert strange == []


def anchors(page: Path) -> set[str]:
    """What links into a page may name, as the common viewers of Markdown make it of headings."""
    lines = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.strip().lower()).replace(" ", "-") for line in lines}


def test_relative_links_lead_somewhere():
    broken = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^):\s]+)\)", page.read_text(encoding="utf-8")):
            name, _, anchor = target.partition("#")
            file = page.parent / name if name else page
            if not file.exists() or (anchor and anchor not in anchors(file)):
                broken.append(f"{page.name}: {target}")
    assert broken == []
