"""Says a finished answer, in the regular voice or the fun one.

Both voices say the same claims, in the same order, with the same marks and the same doubt; the
fun one adds at most one line before and one after, which state nothing about the world. So a
mode cannot change what is claimed: `say` gets an `Answer` that is finished but for its text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from stoa.ask.answer_phrases import phrases
from stoa.ask.composing import noise_sentence, pieces
from stoa.ask.deck import Situation, line
from stoa.ask.frames import Frames, frames
from stoa.ask.understand import Declined
from stoa.ask_records import Answer, Claim, Mode, SourceKind, Tier
from stoa.grounding.question_kinds import QuestionKind, question_kind

ANSWERED = (
    0.5  # under this a question counts as unanswered (the contract of `stoa ask --questions`)
)
SAID_SURELY = 0.8  # from this confidence on an answer needs no word of doubt
_MANY_COPIES = 3


@dataclass(frozen=True, slots=True)
class Around:
    """What a voice puts before and after the claims; "" where it has nothing to add."""

    before: str
    after: str


def around(parts: Answer, mode: Mode, lang: str, seed: int = 0) -> Around:
    """The words before and after the composed claims of an answer that is final but for its text.

    Both voices say what is withdrawn, offered and doubted, in the same words; the fun one adds a
    line after it all. The same parts, mode, language and seed give the same words on any day.
    """
    words = frames(lang)
    after = [*_offered(parts, words), *_doubt(parts, words), *_withdrawn(parts, words, lang)]
    if mode is Mode.FUN:
        after.append(line(situation(parts), lang, seed_of(parts.question, seed)))
    before = "\n\n".join(filter(None, (_opening(parts, lang), _hesitation(parts, words))))
    return Around(before, "\n\n".join(each for each in after if each))


def say(parts: Answer, mode: Mode, lang: str, seed: int = 0) -> str:
    """The text of an answer whose other fields are final.

    The claim that answers, `parts.claims[0]`, comes first (after the short line that takes a
    correction); marks like [2] number the sources in order of use.
    """
    voice = around(parts, mode, lang, seed)
    composed = pieces(parts.claims, parts.sources, parts.conflicts, lang)
    body = ["".join(piece.text for piece in composed)]
    if (parts.abstained or not parts.claims) and not _senses_tie(parts):
        body = [declined_line(parts.reason, lang, parts.would_settle), *body]
    body.append(noise_sentence(parts.noise, lang))
    return "\n\n".join(each for each in (voice.before, *body, voice.after) if each)


def declined_line(reason: str, lang: str, settle: str = "") -> str:
    """Why a question is not answered, in its language; `reason` may be a `Declined`.

    `settle` says what would decide it.

    >>> declined_line("private", "en")
    "That is somebody's private matter; it is not looked up here."
    """
    words = frames(lang)
    said = {Declined.PRIVATE: words.private, Declined.NOTHING_ASKED: words.nothing_asked}
    known = next((text for why, text in said.items() if why.value == reason), "")
    frame = phrases(lang)
    return known or f"{frame.unknown} {settle or frame.settle}"


def seed_of(question: str, seed: int = 0) -> int:
    """A number that only the question and a seed decide, so that a joke is no chance.

    >>> seed_of("Who won?") == seed_of("Who won?")
    True
    """
    return int.from_bytes(sha256(f"{seed}|{question}".encode()).digest()[:8], "big")


def situation(parts: Answer) -> Situation:
    """What the fun voice may remark on; the most particular thing first."""
    asked = question_kind(parts.question)
    tests = (
        (Situation.PRIVATE, parts.reason == Declined.PRIVATE.value),
        (Situation.NOTHING_ASKED, parts.reason == Declined.NOTHING_ASKED.value),
        (Situation.MEANT, bool(parts.withdrawn)),
        (Situation.AMBIGUOUS, len(parts.senses) > 1),
        (Situation.ABSTENTION, parts.abstained or not parts.claims),
        (Situation.RECORD_WINS, any(each.stronger is not None for each in parts.conflicts)),
        (Situation.CONFLICT, bool(parts.conflicts)),
        (Situation.MANY_COPIES, parts.noise.n_copies >= _MANY_COPIES),
        (Situation.NOTE, any(each.kind is SourceKind.NOTE for each in parts.sources)),
        (Situation.DOUBT, parts.confidence < SAID_SURELY),
        (Situation.OLD, _is_old(parts.claims)),
        (Situation.NUMBER, asked is QuestionKind.NUMBER),
        (Situation.TIME, asked is QuestionKind.TIME),
        (Situation.PERSON, asked is QuestionKind.PERSON),
        (Situation.PLACE, asked is QuestionKind.PLACE),
        (Situation.REASON, asked is QuestionKind.REASON),
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


def _senses_tie(parts: Answer) -> bool:
    return len(parts.senses) > 1


def _offered(parts: Answer, words: Frames) -> list[str]:
    if not _senses_tie(parts):
        return []
    return ["\n".join([words.senses, *(f"- {sense.label}" for sense in parts.senses)])]


def _doubt(parts: Answer, words: Frames) -> list[str]:
    if parts.abstained or parts.confidence >= SAID_SURELY:
        return []
    if parts.reason:
        return [" ".join(filter(None, (words.doubt, parts.reason, parts.would_settle)))]
    return []


def _hesitation(parts: Answer, words: Frames) -> str:
    if parts.abstained or parts.reason or parts.confidence >= ANSWERED:
        return ""
    return words.doubt.rstrip(" :：") + "."


def _withdrawn(parts: Answer, words: Frames, lang: str) -> list[str]:
    if not parts.withdrawn:
        return []
    before, after = phrases(lang).quote
    lines = [f"- {before}{claim.text}{after}" for claim in parts.withdrawn]
    return ["\n".join([words.withdrawn, *lines])]
