"""An answer as a page draws it: lines with their numbers and marks, cards with the exact words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from stoa.ask.composing import noise_sentence, numbered
from stoa.ask_records import Answer, Claim, Source, SourceKind, Span, Tier, Verdict
from stoa.web.views.text import clean, safe_url
from stoa.web.views.words import full_moment, iso

TIER_WORDS = {
    Tier.RECORD: "primary record",
    Tier.DATASET: "dataset or filing",
    Tier.FIRST_HAND: "first-hand",
    Tier.REPORT: "report",
    Tier.OPINION: "opinion",
}
KIND_WORDS = {SourceKind.POST: "Post", SourceKind.NOTE: "Note", SourceKind.DOCUMENT: "Document"}

VERDICT_MARKS = {
    Verdict.QUOTED: ("❝", "quoted", "The source’s own words, byte for byte."),
    Verdict.SUPPORTED: ("✓", "supported", "A model that compares texts found it supported."),
    Verdict.LIKELY: ("≈", "likely", "The words match, and nothing seen speaks against it."),
    Verdict.ATTRIBUTED: ("@", "somebody’s word", "Somebody said so; whether it is true is open."),
    Verdict.DISPUTED: ("≠", "disputed", "Sources of one kind, or a note, say otherwise."),
    Verdict.REFUTED: ("✕", "refuted", "A stronger source says otherwise."),
    Verdict.NOT_FOUND: ("?", "not found", "No source at hand says it."),
}
"""Shape, word and meaning: never colour alone."""

_NUMBER = re.compile(r"\[(\d{1,3})\]")
_SOURCE_CHARACTERS = 1_600


@dataclass(frozen=True, slots=True)
class Bit:
    """A stretch of a line, or the number of a source when `number` is not 0."""

    text: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an answer; `kind` is "p", "li" or "head"."""

    kind: str
    bits: tuple[Bit, ...]
    mark: tuple[str, str, str] | None = None  # shape, word, meaning of its claim's verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCard:
    """A source, its exact words marked."""

    number: int  # 0 for a note that stands by its post
    kind: str
    tier: str
    who: str
    moment: str
    full_moment: str
    href: str
    away: bool
    texts: tuple[tuple[str, bool], ...]  # stretches; True where an answer rests on these words
    notes: tuple[str, ...]
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """Everything a page says of an answer."""

    question: str
    dir_lang: str
    lines: tuple[Line, ...]
    sources: tuple[SourceCard, ...]
    abstained: bool
    confidence: int  # percent
    confidence_words: str
    reasons: tuple[str, ...]
    would_settle: str
    left_out: str
    left_out_counts: tuple[tuple[str, int], ...]
    checks: tuple[tuple[str, str, str], ...]  # claim, verdict, what decided
    senses: tuple[tuple[str, str], ...]  # label, question that names it
    withdrawn: tuple[str, ...]
    followups: tuple[str, ...]
    mode: str
    other_mode: str


def answer_view(answer: Answer) -> AnswerView:
    """An answer ready to be drawn."""
    numbers = numbered(answer.claims)
    noise = answer.noise
    counts = (
        (f"{'copy' if noise.n_copies == 1 else 'copies'} of another post", noise.n_copies),
        ("off topic", noise.n_off_topic),
        ("with little in them", noise.n_low_information),
        ("bait", noise.n_bait),
    )
    return AnswerView(
        question=clean(answer.question),
        dir_lang=answer.lang,
        lines=tuple(_lines(answer)),
        sources=tuple(_cards(answer, numbers)),
        abstained=answer.abstained,
        confidence=round(100 * answer.confidence),
        confidence_words=_sure(answer),
        reasons=tuple(filter(None, (clean(answer.reason),))),
        would_settle=clean(answer.would_settle),
        left_out=noise_sentence(noise, "en"),
        left_out_counts=tuple((name, n) for name, n in counts if n),
        checks=tuple(_check(claim) for claim in answer.claims),
        senses=tuple((s.label, f"I mean {s.label}") for s in answer.senses),
        withdrawn=tuple(clean(claim.text) for claim in answer.withdrawn),
        followups=tuple(clean(each) for each in answer.followups),
        mode=answer.mode.value,
        other_mode="regular" if answer.mode.value == "fun" else "fun",
    )


def _sure(answer: Answer) -> str:
    if answer.abstained:
        return "Not answered"
    for least, words in ((0.8, "Fairly sure"), (0.5, "With doubt")):
        if answer.confidence >= least:
            return words
    return "Little more than a guess"


def _check(claim: Claim) -> tuple[str, str, str]:
    because = "; ".join(clean(word) for word in claim.because)
    return clean(claim.text), VERDICT_MARKS[claim.verdict][1], because


def _lines(answer: Answer) -> list[Line]:
    """The text of an answer, line by line; a line that says a claim carries its mark."""
    found: list[Line] = []
    left = list(answer.claims)
    for text in filter(None, (line.strip() for line in answer.text.splitlines())):
        item = text.startswith("- ")
        body = text[2:] if item else text
        said = next((claim for claim in left if claim.text.split("\n")[0] in body), None)
        if said is not None:
            left.remove(said)
        head = not item and said is None and body.endswith(":")
        kind = "li" if item else "head" if head else "p"
        mark = VERDICT_MARKS[said.verdict] if said is not None else None
        found.append(Line(kind, _bits(body.removesuffix(":") if head else body), mark))
    return found


def _bits(text: str) -> tuple[Bit, ...]:
    """A line cut at the numbers of its sources.

    >>> _bits("“It rains.” [2]")
    (Bit(text='“It rains.” ', number=0), Bit(text='2', number=2))
    """
    bits: list[Bit] = []
    at = 0
    for match in _NUMBER.finditer(text):
        if match.start() > at:
            bits.append(Bit(clean(text[at : match.start()])))
        bits.append(Bit(match[1], int(match[1])))
        at = match.end()
    if at < len(text):
        bits.append(Bit(clean(text[at:])))
    return tuple(bits)


def _cards(answer: Answer, numbers: dict[str, int]) -> list[SourceCard]:
    spans: dict[str, list[Span]] = {}
    for claim in answer.claims:
        for span in claim.cites:
            spans.setdefault(span.source, []).append(span)
    noted: dict[str, list[str]] = {}
    for source in answer.sources:
        if source.kind is SourceKind.NOTE:
            noted.setdefault(source.about, []).append(clean(source.text))
    cited = sorted((s for s in answer.sources if s.id in numbers), key=lambda s: numbers[s.id])
    return [_card(s, numbers[s.id], spans.get(s.id, ()), noted.get(s.id, ())) for s in cited]


def _card(source: Source, number: int, spans: Sequence[Span], notes: Sequence[str]) -> SourceCard:
    href, away = source_href(source)
    return SourceCard(
        number=number,
        kind=KIND_WORDS[source.kind],
        tier=TIER_WORDS[source.tier],
        who=clean(source.title or source.author or source.id),
        moment=iso(source.at_us) if source.at_us else "",
        full_moment=full_moment(source.at_us) if source.at_us else "",
        href=href,
        away=away,
        texts=tuple(marked(source.text, spans)),
        notes=tuple(notes),
        anchor=f"s{number}",
    )


def source_href(source: Source) -> tuple[str, bool]:
    """Where a source is read whole, and whether that leaves this square; "" where nowhere."""
    if source.kind is SourceKind.POST:
        return "/post/" + quote(source.id, safe=""), False
    if source.kind is SourceKind.NOTE:
        return "/notes/" + quote(source.id.removeprefix("note:"), safe=""), False
    url = safe_url(source.url) if source.url else None
    return (url or "", True)


def marked(text: str, spans: Sequence[Span]) -> list[tuple[str, bool]]:
    """A text in stretches, True for those an answer rests on; long stretches between are cut.

    Spans are the bytes of `text` that the answer was checked against; one that does not stand
    there any more marks nothing.
    """
    data = text.encode()
    found: list[tuple[str, bool]] = []
    at = 0
    for span in sorted(spans, key=lambda span: span.start):
        if span.start < at or data[span.start : span.end].decode(errors="replace") != span.text:
            continue
        _between(found, data[at : span.start].decode(errors="replace"), at > 0, True)
        found.append((clean(span.text), True))
        at = span.end
    _between(found, data[at:].decode(errors="replace"), at > 0, False)
    return found


def _between(found: list[tuple[str, bool]], text: str, left: bool, right: bool) -> None:
    """Words around what is marked: kept near a mark, cut in the middle where they are many."""
    most = _SOURCE_CHARACTERS // 4 if left or right else _SOURCE_CHARACTERS
    text = clean(text)
    if left and right and len(text) > 2 * most:
        text = f"{text[:most]} […] {text[-most:]}"
    elif right and not left and len(text) > most:
        text = f"[…] {text[-most:]}"
    elif not right and len(text) > most:
        text = f"{text[:most]} […]"
    if text:
        found.append((text, False))


def ask_href(**fields: str) -> str:
    """Address of the page with some of its fields filled in.

    >>> ask_href(q="why tides?", mode="")
    '/ask?q=why+tides%3F'
    """
    filled = {name: value for name, value in fields.items() if value}
    return "/ask" + ("?" + urlencode(filled) if filled else "")
