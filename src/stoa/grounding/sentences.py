"""Where the sentences of a text begin and end, in any script, as UTF-8 byte offsets.

Rules, no weights: terminators of all scripts, with abbreviations, initials, ordinals, addresses,
closing quotes and footnote marks looked after; lines of a post or a list stand alone, wrapped
lines do not; Thai and its neighbours, which put no stop after a sentence, are cut at the spaces
they do write. What lies between two sentences is only white space.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from stoa.grounding.abbreviations import ABBREVIATIONS, NUMBERED, STARTERS, TITLES

LONGEST = 1_200
"""Characters; longer stretches without a stop are cut at a weaker mark or at a space."""

_UNSPACED_AIM = 90
_UNSPACED_LONGEST = 160  # about two clauses of Thai news prose
_BLANK = "\\s\u200b\ufeff\u2060\u00ad\x00"
_CLOSERS = "\"'”’“»›)\\]}」』】》〉）］"
_STOPS = re.compile(
    rf"(?P<wide>[。！？｡．]+[{_CLOSERS}]*)"
    rf"|(?P<stop>[.!?…‼⁇⁈⁉‽।॥؟۔։።፧។៕။꓿\u037e]+[{_CLOSERS}]*(?:\[\d{{1,3}}\])*)(?=[{_BLANK}]|$)"
    rf"|(?P<danda>[।॥؟۔။។]+[{_CLOSERS}]*)"
    rf"|(?P<greek>(?<=[\u0370-\u03ff\u1f00-\u1fff]);[{_CLOSERS}]*)(?=[{_BLANK}]|$)"
)
_LINE = re.compile(r"\r\n|[\n\r\u2028\u2029\x0b\x0c\x85]")
_LAST_WORD = re.compile(r"[^\s\"'“”‘’«»()\[\]{}<>,;:!?/—–]+$")
_NEXT_WORD = re.compile(rf"[{_BLANK}\"'“”‘’«»‹›„(\[{{¿¡—–-]*(\w+)?")
_WEAKER = re.compile(r"[;:；：,،，、]\s*|\s+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_SPACES = re.compile(r"[ \t\u00a0]+")
_BULLET = re.compile(r"\s*(?:[-*•·‣▪>]|\d{1,3}[.)])\s")
# Thai words that begin a sentence or a clause of its own.
_UNSPACED_STARTERS = (
    "นอกจากนี้", "อย่างไรก็ตาม", "แต่", "ดังนั้น", "ในขณะ", "เมื่อ", "หลังจาก", "ต่อมา", "ใน", "ทั้งนี้",
    "เขา", "เธอ", "พวกเขา", "มัน", "นี่", "สิ่งนี้", "การ", "จาก", "ตาม", "โดย", "ซึ่ง", "สำหรับ", "แม้",
)  # fmt: skip


def sentences(text: str, lang: str = "") -> list[tuple[int, int]]:
    """Begin and end (exclusive) of each sentence, in bytes of the text's UTF-8, in order.

    Args:
        text: anything; an empty or blank text has no sentences.
        lang: ISO code of its language where known; German ordinals need it ("am 3. Oktober").

    >>> text = "Dr. Wu left at 5 p.m. on Monday. Why? Nobody knows."
    >>> [text[a:b] for a, b in sentences(text)]
    ['Dr. Wu left at 5 p.m. on Monday.', 'Why?', 'Nobody knows.']
    """
    pieces: list[tuple[int, int]] = []
    for start, end in _blocks(text):
        for piece in _sentences_of_block(text, start, end, lang):
            pieces.extend(_shortened(text, *piece))
    return _in_bytes(text, pieces)


def _sentences_of_block(text: str, start: int, end: int, lang: str) -> Iterator[tuple[int, int]]:
    begin = start
    for found in _STOPS.finditer(text, start, end):
        if not _ends_sentence(text, begin, found, end, lang):
            continue
        piece = _trimmed(text, begin, found.end())
        if piece is not None:
            yield piece
        begin = found.end()
    piece = _trimmed(text, begin, end)
    if piece is not None:
        yield piece


def _ends_sentence(text: str, begin: int, found: re.Match[str], end: int, lang: str) -> bool:
    """Whether a terminator closes its sentence, by what stands before and after it."""
    if found.end() >= end:
        return True
    if found.lastgroup in ("wide", "danda"):
        return True
    next_word = _NEXT_WORD.match(text, found.end(), end)
    word = (next_word.group(1) or "") if next_word else ""
    if word[:1].islower():
        return False
    mark = found.group()
    if mark[0] != "." or mark.startswith(".."):
        return True
    before = _LAST_WORD.search(text, max(begin, found.start() - 40), found.start())
    last = before.group().lower() if before else ""
    return not _stop_belongs_to(last, word, mark, lang, _is_first(text, begin, found.start()))


def _stop_belongs_to(last: str, word: str, mark: str, lang: str, is_first: bool) -> bool:
    """Whether the stop is part of the word before it: a title, an initial, an ordinal."""
    if last in TITLES and len(mark) == 1:
        return True
    if last in NUMBERED and word[:1].isdecimal():
        return True
    begins = word.lower() in STARTERS
    if last in ABBREVIATIONS or re.fullmatch(r"(?:\w\.)+\w", last):
        return not begins and len(mark) == 1
    if len(last) == 1 and last.isalpha() and len(mark) == 1:
        return not begins and unicodedata.category(last)[0] == "L" and not _is_wide(last)
    if last.isdecimal() and len(last) <= 3 and (is_first or word[:1].isdigit()):
        return is_first
    return lang == "de" and last.isdecimal() and len(last) <= 2 and not begins and bool(word)


def _is_first(text: str, begin: int, stop: int) -> bool:
    """Whether only a number stands before the stop: the mark of a list's item."""
    return len(text[begin:stop].strip()) <= 3


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Stretches that a sentence never crosses: lines, or paragraphs whose lines are wrapped."""
    lines: list[tuple[int, int]] = []
    begin = 0
    for found in _LINE.finditer(text):
        lines.append((begin, found.start()))
        begin = found.end()
    lines.append((begin, len(text)))
    paragraph: list[tuple[int, int]] = []
    for line in lines:
        if _trimmed(text, *line) is None:
            yield from _lines_of(text, paragraph)
            paragraph = []
        else:
            paragraph.append(line)
    yield from _lines_of(text, paragraph)


def _lines_of(text: str, paragraph: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    if not paragraph:
        return
    lengths = [end - start for start, end in paragraph[:-1]]
    is_wrapped = (
        len(lengths) >= 2
        and min(lengths) >= 45
        and max(lengths) <= 130
        and max(lengths) - min(lengths) <= 30
        and not any(_BULLET.match(text, *line) for line in paragraph)
    )
    if is_wrapped:
        yield paragraph[0][0], paragraph[-1][1]
    else:
        yield from paragraph


def _shortened(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The piece itself, or its parts where it is too long to be one sentence."""
    if end - start > _UNSPACED_LONGEST and _is_unspaced(text, start, end):
        yield from _at_spaces(text, start, end)
    elif end - start > LONGEST:
        yield from _at_weaker_marks(text, start, end)
    else:
        yield start, end


def _is_unspaced(text: str, start: int, end: int) -> bool:
    return 2 * len(_UNSPACED.findall(text, start, end)) > end - start


def _at_spaces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Thai and its like: parts of about `_UNSPACED_AIM`, cut where a clause begins."""
    begin = start
    for found in _SPACES.finditer(text, start, end):
        length = found.start() - begin
        at_clause = len(found.group()) > 1 or text.startswith(_UNSPACED_STARTERS, found.end())
        if end - found.end() < _UNSPACED_AIM // 3 or not _is_free(text, found):
            continue
        if length >= _UNSPACED_AIM or (at_clause and length >= _UNSPACED_AIM // 2):
            yield from _within_longest(text, begin, found.start())
            begin = found.end()
    yield from _within_longest(text, begin, end)


def _is_free(text: str, space: re.Match[str]) -> bool:
    """Whether Thai letters stand on both sides: not a number and its unit, nor a foreign name."""
    before, after = text[space.start() - 1], text[space.end() : space.end() + 1]
    return bool(_UNSPACED.match(before) and _UNSPACED.match(after)) and after != "ๆ"


def _within_longest(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = _trimmed(text, start, end)
    if piece is None:
        return
    if piece[1] - piece[0] > LONGEST:
        yield from _at_weaker_marks(text, *piece)
    else:
        yield piece


def _at_weaker_marks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cuts at the last comma or space before the limit, or at the limit itself."""
    while end - start > LONGEST:
        half = start + LONGEST // 2
        cuts = [found.end() for found in _WEAKER.finditer(text, half, start + LONGEST)]
        cut = cuts[-1] if cuts else _between_characters(text, start + LONGEST)
        piece = _trimmed(text, start, cut)
        if piece is not None:
            yield piece
        start = cut
    piece = _trimmed(text, start, end)
    if piece is not None:
        yield piece


def _between_characters(text: str, cut: int) -> int:
    """The cut moved back, a little, so that no accent or joiner is parted from its letter."""
    for earlier in range(cut, cut - 16, -1):
        if unicodedata.category(text[earlier]) not in ("Mn", "Mc", "Me", "Cf"):
            return earlier
    return cut


_EDGE = re.compile(rf"[^{_BLANK}]")


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The stretch without white space at its ends; None where nothing else is in it."""
    first = _EDGE.search(text, start, end)
    if first is None:
        return None
    last = end
    while not _EDGE.match(text, last - 1):
        last -= 1
    return first.start(), last


def _in_bytes(text: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if text.isascii():
        return pieces
    spans: list[tuple[int, int]] = []
    at_character = at_byte = 0
    for start, end in pieces:
        at_byte += _n_bytes(text[at_character:start])
        n = _n_bytes(text[start:end])
        spans.append((at_byte, at_byte + n))
        at_character, at_byte = end, at_byte + n
    return spans


def _n_bytes(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))
