"""A finder of answers that looks twice: does the sentence hold what the question asks for?

The learnt finder was trained on questions whose answer is there or whose whole text is missing. On
a square the text is mostly there and says something else: who built the bridge, not when. So two
plain checks stand behind it. A sentence that says all of the question and holds a value of the
kind asked for leads and is sure; one that holds no such value, or leaves out what a short text
would have said, is not stated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from stoa.ask.parts import AnswerFinder, Found
from stoa.ask_records import EvidenceSet, SourceKind, Span
from stoa.grounding.asked_words import asked_of
from stoa.grounding.counted import counts_what_is_asked
from stoa.grounding.coverage import Heard, level_of, n_said_here
from stoa.grounding.covering import covers, lacks_kind, missing_words
from stoa.grounding.kin import UNSPACED, matters_in
from stoa.grounding.leaning import is_short, with_antecedent
from stoa.grounding.question_kinds import QuestionKind, question_kind
from stoa.grounding.sentences import sentences

COVERED = 0.9  # the least that a covering sentence is sure of
# By level: its words, its kin, with the text's topic. Only what says the question's own words is
# said surely: of fresh unanswerable questions some were answered by kin or topic before a mend.
_COVERED_BY = (COVERED, 0.79, 0.79)
_UNSTATED = 0.45  # the most where what is asked for is not there
_UNSURE = 0.75  # the most where a short text says all, but not surely of what is asked
_LOOKED_AT = 8  # sources searched for a covering sentence


@dataclass(frozen=True, slots=True)
class CarefulAnswer:
    """What was found, after the second look."""

    spans: tuple[Span, ...]
    confidence: float
    scores: tuple[float, ...] = field(default=())


def careful(finder: AnswerFinder) -> AnswerFinder:
    """`finder` with a second look at what it found."""

    def found(question: str, evidence: EvidenceSet) -> Found:
        first = finder(question, evidence)
        covering = _covering(question, evidence, first.spans)
        if covering is not None:
            level, span = covering
            rest = tuple(each for each in first.spans if each != span)
            return CarefulAnswer((span, *rest), max(first.confidence, _COVERED_BY[level]))
        return CarefulAnswer(first.spans, min(first.confidence, _most(question, first, evidence)))

    return found


def _most(question: str, found: Found, evidence: EvidenceSet) -> float:
    """The most that an answer may be sure of that does not say all of the question."""
    if not found.spans:
        return 0.0
    first = found.spans[0]
    source = evidence.find(first.source)
    kind = question_kind(question)
    short = sum(is_short(each.text) for each in evidence.sources)
    among_long = 2 * short < len(evidence.sources)
    if source is None or kind is QuestionKind.ABOUT or among_long or not is_short(source.text):
        return 1.0  # what the learnt finder was trained on: long texts, and a short one among them
    asked = asked_of(question)
    said = " ".join(span.text for span in found.spans[:2])
    if kind is QuestionKind.PERSON and lacks_kind(question, with_antecedent(first, source)):
        return _UNSTATED  # a name in the next sentence tells nothing of who did it
    if Heard.of(first, source).is_barred(question):
        return _UNSTATED
    if kind is QuestionKind.OTHER:
        matters = matters_in(question, asked.lang)
        return _UNSTATED if matters and not matters & matters_in(said, asked.lang) else 1.0
    if asked.lang in UNSPACED or lacks_kind(question, said):
        return _UNSTATED
    is_there = not missing_words(question, first, source)
    return _UNSURE if is_there and counts_what_is_asked(question, first.text) else _UNSTATED


def _covering(
    question: str, evidence: EvidenceSet, preferred: Sequence[Span]
) -> tuple[int, Span] | None:
    """The sentence that covers the question best, and how: of the highest tier, then the fullest.

    Long texts are the finder's: there only a sentence that it found and that says all counts. The
    finder's order decides nothing else, for its scores know long names from short ones.
    """
    found: list[tuple[tuple[int, int, int, str, int], Span]] = []
    for span in preferred:
        source = evidence.find(span.source)
        is_open = source is not None and not Heard.of(span, source).is_barred(question)
        if source is not None and is_open and covers(question, span, source):
            found.append(((0, source.tier, 0, source.id, span.start), span))
    for source in evidence.sources[:_LOOKED_AT]:
        if source.kind is not SourceKind.NOTE and is_short(source.text):
            for start, end in sentences(source.text, source.lang):
                span = Span.of(source, start, end)
                heard = Heard.of(span, source)
                level = level_of(question, heard)
                if level is not None:
                    fullness = -n_said_here(question, heard)
                    found.append(((level, source.tier, fullness, source.id, start), span))
    best = min(found, key=lambda each: each[0], default=None)
    return None if best is None else (best[0][0], best[1])
