"""The words of a Markdown text: marks taken off, plain sentences left exactly as they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from stoa.documents.hypertext import Page
from stoa.documents.passages import Heading

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(?:={2,}|-{2,})[ \t]*")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_BLOCK_MARK = re.compile(r"(?:[ \t]{0,8}(?:>|[-*+](?=[ \t])|\d{1,3}[.)](?=[ \t]))[ \t]*)+")
_RULE = re.compile(r"[ \t]*\|?[ \t:|=-]{3,}\|?[ \t]*")
_DEFINITION = re.compile(r" {0,3}\[[^\]\n]{1,200}\]:[ \t]*\S+.*")
_TAGS = "a|b|i|em|strong|u|s|sub|sup|span|code|small|br|p|div|img"
_INLINE = (
    (re.compile(r"!\[([^\]\n]{0,500})\]\([^)\n]{0,2000}\)"), r"\1"),
    (re.compile(r"\[([^\]\n]{1,500})\]\([^)\n]{0,2000}\)"), r"\1"),
    (re.compile(r"(\*\*|__)(?=\S)([^\n]{1,1000}?\S|\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])(\*|_)(?=\S)([^\n*_]{1,1000}?\S|\S)\1(?![\w*])"), r"\2"),
    (re.compile(r"(`{1,3})([^`\n]{1,1000})\1"), r"\2"),
    (re.compile(r"<(https?://[^>\s]{1,2000})>"), r"\1"),
    (re.compile(rf"</?(?:{_TAGS})\b[^>\n]{{0,500}}>"), ""),
)  # fmt: skip
_REFERENCE = re.compile(r"\[([^\]\n]{1,500})\]\[([^\]\n]{0,200})\]")
_LABEL = re.compile(r"^ {0,3}\[([^\]\n]{1,200})\]:[ \t]*\S", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!>~|-])")


def read_markdown(text: str) -> Page:
    """The text without its marks, and its headings; fenced code stays as it is."""
    writing = _Writing()
    in_fence = False
    for line in _without_references(_COMMENT.sub("", text)).split("\n"):
        if _FENCE.match(line):
            in_fence = not in_fence
        elif in_fence:
            writing.add(line)
        elif title := _HEADING.fullmatch(line):
            writing.add_heading(_inline(title[1]))
        elif _UNDERLINE.fullmatch(line) and writing.ends_in_words():
            writing.last_is_heading()
        elif not _is_mark_only(line):
            writing.add(_plain(line))
    about = {"title": writing.headings[0].words} if writing.headings else {}
    return Page("\n".join(writing.lines), tuple(writing.headings), about)


def _without_references(text: str) -> str:
    """Links by label as their words, where the label is defined: `[12][13]` may be footnotes."""
    defined = {label.casefold() for label in _LABEL.findall(text)}
    if not defined:
        return text

    def words(link: re.Match[str]) -> str:
        return link[1] if (link[2] or link[1]).casefold() in defined else link[0]

    return _REFERENCE.sub(words, text)


@dataclass(slots=True)
class _Writing:
    """Lines written so far, how many characters they are, and which are headings."""

    lines: list[str] = field(default_factory=list[str])
    headings: list[Heading] = field(default_factory=list[Heading])
    size: int = 0

    def add(self, line: str) -> None:
        self.lines.append(line)
        self.size += len(line) + 1

    def add_heading(self, words: str) -> None:
        self.headings.append(Heading(self.size, words[:200]))
        self.add(words)
        self.add("")

    def ends_in_words(self) -> bool:
        return bool(self.lines and self.lines[-1].strip())

    def last_is_heading(self) -> None:
        start = self.size - len(self.lines[-1]) - 1
        self.headings.append(Heading(start, self.lines[-1].strip()[:200]))
        self.add("")


def _is_mark_only(line: str) -> bool:
    """A rule, the line under a table's head, or where a link leads."""
    is_rule = _RULE.fullmatch(line) is not None and bool(line.strip())
    return is_rule or _DEFINITION.fullmatch(line) is not None


def _plain(line: str) -> str:
    mark = _BLOCK_MARK.match(line)
    rest = line[mark.end() :] if mark else line
    if rest.strip().startswith("|"):
        rest = " ".join(cell.strip() for cell in rest.strip().strip("|").split("|"))
    return _inline(rest)


def _inline(words: str) -> str:
    if not any(mark in words for mark in "*_`[<\\"):
        return words
    for pattern, kept in _INLINE:
        words = pattern.sub(kept, words)
    return _ESCAPED.sub(r"\1", words)
