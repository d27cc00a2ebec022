"""Says a finished answer, in the regular voice or the fun one.

Both voices say the same claims, in the same order, with the same marks and the same doubt; the
fun one adds at most one line before and one after, which state nothing about the world. So a
mode cannot change what is claimed: `say` gets an `Answer` that is finished but for its text.
"""

from __future__ import annotations

import re
from hashlib import sha256

from stoa.ask.deck import Situation, fun_frames, line
from stoa.ask.frames import Frames, frames
from stoa.ask.question_words import Asks, asks
from stoa.ask_records import Answer, Claim, Mode, Source, SourceKind, Tier, Verdict

SAID_SURELY = 0.8  # from this confidence on an answer needs no word of doubt
_MANY_COPIES = 3


def say(parts: Answer, mode: Mode, lang: str, seed: int = 0) -> str:
    """The text of an answer whose other fields are final.

    The claim that answers comes first: `parts.claims[0]`. Marks like [2] number `parts.sources`.
    The same parts, mode, language and seed give the same text on any day.
    """
    words = fun_frames(lang) if mode is Mode.FUN else frames(lang)
    blocks = [_opening(parts, lang)]
    if parts.abstained or not parts.claims:
        blocks.append(_abstention(parts, words))
    if parts.claims:
        blocks += _claims(parts, words)
    blocks += _withdrawn(parts, words)
    if mode is Mode.FUN:
        blocks.append(line(situation(parts), lang, seed_of(parts.question, seed)))
    return "\n\n".join(each for each in blocks if each)


def seed_of(question: str, seed: int = 0) -> int:
    """A number that only the question and a seed decide, so that a joke is no chance.

    >>> seed_of("Who won?") == seed_of("Who won?")
    True
    """
    return int.from_bytes(sha256(f"{seed}|{question}".encode()).digest()[:8], "big")


def situation(parts: Answer) -> Situation:
    """What the fun voice may remark on; the most particular thing first."""
    asked = asks(parts.question)
    tests = (
        (Situation.MEANT, bool(parts.withdrawn)),
        (Situation.AMBIGUOUS, len(parts.senses) > 1 and parts.abstained),
        (Situation.ABSTENTION, parts.abstained or not parts.claims),
        (Situation.RECORD_WINS, any(each.stronger is not None for each in parts.conflicts)),
        (Situation.CONFLICT, bool(parts.conflicts)),
        (Situation.MANY_COPIES, parts.noise.n_copies >= _MANY_COPIES),
        (Situation.NOTE, any(each.kind is SourceKind.NOTE for each in parts.sources)),
        (Situation.DOUBT, parts.confidence < SAID_SURELY),
        (Situation.OLD, _is_old(parts.claims)),
        (Situation.NUMBER, asked is Asks.NUMBER),
        (Situation.TIME, asked is Asks.TIME),
        (Situation.PERSON, asked is Asks.PERSON),
        (Situation.PLACE, asked is Asks.PLACE),
        (Situation.REASON, asked is Asks.REASON),
        (Situation.RECORD, any(each.tier is Tier.RECORD for each in parts.sources)),
        (Situation.ONE_SOURCE, len(parts.sources) == 1),
    )
    return next((each for each, holds in tests if holds), Situation.ANSWER)


_YEAR = re.compile(r"(?<!\d)(1[0-9]\d\d)(?!\d)")
_LONG_AGO = 1950


def _is_old(claims: tuple[Claim, ...]) -> bool:
    years = [int(each) for each in _YEAR.findall(claims[0].text)] if claims else []
    return bool(years) and max(years) < _LONG_AGO


def correction_line(meant: str, lang: str) -> str:
    """One short plain line that takes a correction: no apology, at most 20 words.

    >>> correction_line("Soma from Brave New World", "en")
    'Understood: Soma from Brave New World.'
    """
    words = " ".join(meant.split())
    short = " ".join(words.split(" ")[:16])[:90].rstrip(" .,;:!?。")
    return frames(lang).meant.format(what=short)


def _opening(parts: Answer, lang: str) -> str:
    meant = parts.correction.prefer[0] if parts.correction.prefer else ""
    return correction_line(meant, lang) if parts.withdrawn and meant else ""


def _claims(parts: Answer, words: Frames) -> list[str]:
    number = {source.id: n for n, source in enumerate(parts.sources, 1)}
    by_id = {source.id: source for source in parts.sources}
    blocks = [_said(parts.claims[0], number, words)]
    for heading, group in _grouped(parts.claims[1:], by_id, words):
        blocks.append("\n".join([heading, *(f"- {_said(c, number, words)}" for c in group)]))
    blocks += _disagreement(parts, number, words)
    if parts.noise.n_copies:
        blocks.append(words.copies.format(n=parts.noise.n_copies))
    return blocks + _doubt(parts, words)


def _said(claim: Claim, number: dict[str, int], words: Frames) -> str:
    shown = words.quote.format(claim.text) if claim.verdict is Verdict.QUOTED else claim.text
    marks = dict.fromkeys(f"[{number[c.source]}]" for c in claim.cites if c.source in number)
    return " ".join((shown, "".join(marks))).strip()


def _grouped(
    claims: tuple[Claim, ...], by_id: dict[str, Source], words: Frames
) -> list[tuple[str, list[Claim]]]:
    headings = {
        SourceKind.DOCUMENT: words.records,
        SourceKind.NOTE: words.notes,
        SourceKind.POST: words.posts,
    }
    groups: dict[SourceKind, list[Claim]] = {kind: [] for kind in headings}
    for claim in claims:
        source = by_id.get(claim.cites[0].source) if claim.cites else None
        groups[source.kind if source else SourceKind.POST].append(claim)
    return [(headings[kind], group) for kind, group in groups.items() if group]


def _disagreement(parts: Answer, number: dict[str, int], words: Frames) -> list[str]:
    blocks: list[str] = []
    for conflict in parts.conflicts:
        sides = [f"- {_said(claim, number, words)}" for claim in conflict.claims]
        if conflict.stronger is not None:
            cites = conflict.claims[conflict.stronger].cites
            marks = "".join(
                dict.fromkeys(f"[{number[c.source]}]" for c in cites if c.source in number)
            )
            if marks:
                sides.append(words.outranks.format(marks=marks))
        blocks.append("\n".join([words.disagree, *sides]))
    return blocks


def _doubt(parts: Answer, words: Frames) -> list[str]:
    if parts.abstained or parts.confidence >= SAID_SURELY or not parts.reason:
        return []
    return [f"{words.doubt} {parts.reason}"]


def _withdrawn(parts: Answer, words: Frames) -> list[str]:
    if not parts.withdrawn:
        return []
    lines = [f"- {words.quote.format(claim.text)}" for claim in parts.withdrawn]
    return ["\n".join([words.withdrawn, *lines])]


def _abstention(parts: Answer, words: Frames) -> str:
    if len(parts.senses) > 1:
        offered = [f"- {sense.label}" for sense in parts.senses]
        return "\n".join([words.senses, *offered])
    lines = [parts.reason or words.not_found]
    if parts.noise.n_found:
        lines.append(words.looked.format(n=parts.noise.n_found))
    if parts.would_settle:
        lines.append(words.would_settle.format(what=parts.would_settle))
    return " ".join(lines)
