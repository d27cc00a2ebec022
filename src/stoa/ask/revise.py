"""Mends a draft until what is left stands: narrower words, other citations, a quotation.

A round never lowers the share of statements that stand: what it cannot mend it takes out. Where a
sentence does not stand but its source plainly speaks of the same thing, the source's own words take
its place, since a quotation needs no verifier.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from stoa.ask.checking import CheckedSentence
from stoa.ask.model_draft import DraftSentence
from stoa.ask_records import Claim, Source, Span, Verdict
from stoa.grounding.alignment import carried
from stoa.grounding.hard_checks import named_speaker
from stoa.grounding.verdicts import STANDS
from stoa.grounding.words import content_stems

_SPEAKS_OF = 0.5
"""Share of a statement's words that a source's sentence must hold to be quoted in its place."""
_CITED_SPEAKS_OF = 0.3  # of one that the draft itself cites; numbers count here
_CITES_ADDED = 2

Check = Callable[[Sequence[DraftSentence]], list[CheckedSentence]]
Search = Callable[[str], Sequence[Span]]
Attribution = Callable[[str, Source], str]


@dataclass(frozen=True, slots=True)
class Change:
    """One sentence that did not stand as drafted; `new` is "" where nothing took its place."""

    old: str
    new: str
    why: str


@dataclass(frozen=True, slots=True)
class Revised:
    """The statements that stand, in the draft's order, and what was changed on the way."""

    claims: tuple[Claim, ...]
    changes: tuple[Change, ...]
    n_rounds: int
    shares: tuple[float, ...]  # of statements that stand: at first and after each round


def supported_share(checked: Sequence[CheckedSentence]) -> float:
    """The share of a draft's statements that stand; 1 where it states nothing."""
    claims = [claim for sentence in checked for claim in sentence.claims]
    return sum(claim.verdict in STANDS for claim in claims) / len(claims) if claims else 1.0


@dataclass(frozen=True, slots=True)
class Reviser:
    """Revises drafts against one set of sources."""

    check: Check
    spans: Sequence[Span]  # every sentence that may be cited
    sources: Mapping[str, Source]
    search: Search  # looks once more for what a statement says: sentences, best first
    attributed: Attribution  # "@a says: ..." in the reader's language
    max_rounds: int = 3

    def revise(self, draft: Sequence[DraftSentence]) -> Revised:
        """The draft with everything taken out that does not stand, after at most `max_rounds`."""
        checked = self.check(draft)
        shares = [supported_share(checked)]
        changes: list[Change] = []
        n_rounds = 0
        steps = (self._narrowed, self._cited_anew, self._quoted)
        for step in steps[: self.max_rounds]:
            if all(each.stands for each in checked):
                break
            n_rounds += 1
            tried: list[DraftSentence] = []
            noted: list[Change] = []
            for each in checked:
                put = [each.sentence] if each.stands else step(each)
                tried.extend(put)
                if not each.stands:
                    noted.append(_change(each, put))
            again = self.check(_once(tried))
            if supported_share(again) < shares[-1]:
                continue
            checked = again
            changes += [each for each in noted if each.old != each.new]
            shares.append(supported_share(checked))
        kept = [each for each in checked if each.stands]
        changes += [
            Change(each.sentence.text, "", _why(each)) for each in checked if not each.stands
        ]
        shares.append(supported_share(kept))
        return Revised(tuple(self._claims(kept)), tuple(changes), n_rounds, tuple(shares))

    def _narrowed(self, checked: CheckedSentence) -> list[DraftSentence]:
        """The parts that stand and the parts that do not, each a sentence of its own."""
        if not checked.claims:
            return []
        return [DraftSentence(claim.text, checked.sentence.cites) for claim in checked.claims]

    def _cited_anew(self, checked: CheckedSentence) -> list[DraftSentence]:
        """The sentence with the spans that speak of it, from what was shown or is found anew."""
        text = checked.sentence.text
        found = [*self.spans, *self.search(text)]
        best = sorted(found, key=lambda span: -_spoken_of(text, span))[:_CITES_ADDED]
        cites = tuple(dict.fromkeys(span for span in best if _spoken_of(text, span) >= _SPEAKS_OF))
        held = tuple(
            span
            for span in checked.sentence.cites
            if span.source in self.sources and span.holds_in(self.sources[span.source])
        )
        if not cites or set(cites) <= set(held):
            return [DraftSentence(text, held)]
        # The draft's own citations may be beside the point: the new ones stand alone.
        return [DraftSentence(text, cites[:1] if _spoken_of(text, cites[0]) > 0.9 else cites)]

    def _quoted(self, checked: CheckedSentence) -> list[DraftSentence]:
        """The source's own words in place of the sentence, or nothing."""
        text = checked.sentence.text
        near = [span for span in checked.sentence.cites if _is_about(text, span)]
        near = near or [span for span in self.spans if _spoken_of(text, span) >= _SPEAKS_OF]
        if not near:
            return []
        best = max(near, key=lambda span: _spoken_of(text, span))
        return [DraftSentence(best.text, (best,))]

    def _claims(self, kept: Sequence[CheckedSentence]) -> list[Claim]:
        """One claim a sentence that stands whole: the weakest of its verdicts, said once."""
        claims: dict[str, Claim] = {}
        for each in kept:
            claim = self._joined(each)
            claims.setdefault(" ".join(claim.text.casefold().split()), claim)
        return list(claims.values())

    def _joined(self, checked: CheckedSentence) -> Claim:
        weakest = min(checked.claims, key=lambda claim: (_STRENGTH[claim.verdict], claim.text))
        because = tuple(dict.fromkeys(why for claim in checked.claims for why in claim.because))
        probability = min(claim.probability for claim in checked.claims)
        text, cites = checked.sentence.text, weakest.cites
        if weakest.verdict is Verdict.ATTRIBUTED and not named_speaker(text):
            text = self.attributed(text, self.sources[cites[0].source])
        return Claim(text, cites, weakest.verdict, probability, because)


_STRENGTH = {
    Verdict.ATTRIBUTED: 0,
    Verdict.LIKELY: 1,
    Verdict.SUPPORTED: 2,
    Verdict.QUOTED: 3,
}


def _spoken_of(text: str, span: Span) -> float:
    wanted = carried(text)
    return len(wanted & carried(span.text)) / len(wanted) if wanted else 0.0


def _is_about(text: str, span: Span) -> bool:
    """Whether a cited span has to do with the sentence at all: words or numbers of it are there."""
    wanted = set(content_stems(text))
    there = wanted & set(content_stems(span.text))
    return len(there) >= max(_CITED_SPEAKS_OF * len(wanted), 1)


def _once(sentences: Sequence[DraftSentence]) -> list[DraftSentence]:
    """The sentences without repetitions, first come first."""
    return list({each.text: each for each in reversed(sentences)}.values())[::-1]


def _change(checked: CheckedSentence, put: Sequence[DraftSentence]) -> Change:
    return Change(checked.sentence.text, " ".join(each.text for each in put), _why(checked))


def _why(checked: CheckedSentence) -> str:
    """The first reason why a sentence does not stand, for a reader."""
    if not checked.claims:
        return "states nothing that can be checked"
    for claim, failed in zip(checked.claims, checked.failures, strict=True):
        if failed:
            return f"{failed[0].check.value}: {failed[0].words}".rstrip(": ")
        if claim.verdict not in STANDS:
            return "not found in its sources"
    return ""
