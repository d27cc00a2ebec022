"""Each sentence of a draft as atomic claims with verdicts: hard checks first, then the scorers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stoa.ask.model_draft import DraftSentence
from stoa.ask.parts import ClaimJudge, Judged
from stoa.ask_ports import PairScorer
from stoa.ask_records import Claim, Source, Span, Verdict
from stoa.errors import StoaError
from stoa.grounding.alignment import statements
from stoa.grounding.claims import atomic_claims
from stoa.grounding.hard_checks import Failure, hard_checks, named_speaker
from stoa.grounding.orders import gives_orders
from stoa.grounding.tiers import states_the_world
from stoa.grounding.verdicts import STANDS, Finding, decide
from stoa.grounding.word_order import shaken

_NO_CONTRADICTION = 0.42
"""The verifier's bar for a claim that passed the hard checks, which it knows nothing of.

Of pairs that people judged (Factcheck-GPT, FEVER-symmetric, SciFact, at most 150 of a kind) the
checks and this bar let 7 to 15 % of the refuted pass and keep 20 to 51 % of the supported; its own
word `likely` alone 5 to 12 % and 14 to 44 %.
"""
_Judgement = tuple[Judged | None, Verdict | None]  # the verifier's, a plug-in's
_PLUG_IN_SUPPORTS = 0.8
_PLUG_IN_CONTRADICTS = 0.3


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A drafted sentence, its atomic claims as judged, and what failed of each."""

    sentence: DraftSentence
    claims: tuple[Claim, ...]  # empty: the sentence states nothing
    failures: tuple[tuple[Failure, ...], ...]

    @property
    def stands(self) -> bool:
        """Whether it states something and all that it states stands."""
        return bool(self.claims) and all(claim.verdict in STANDS for claim in self.claims)


@dataclass(frozen=True, slots=True)
class Checker:
    """Judges drafts against the sources that were shown."""

    sources: Mapping[str, Source]  # what may be cited, by id
    verifier: ClaimJudge | None = None
    scorer: PairScorer | None = None
    lang: str = "en"

    def check(self, sentences: Sequence[DraftSentence]) -> list[CheckedSentence]:
        """Every sentence judged; the claims of all are scored in one call."""
        taken = [self._atoms(sentence, sentences[:i]) for i, sentence in enumerate(sentences)]
        failures = [
            tuple(hard_checks(atom, sentence.cites, self.sources, self.lang) for atom in atoms)
            for sentence, atoms in zip(sentences, taken, strict=True)
        ]
        open_pairs = [
            (atom, sentence.cites)
            for sentence, atoms, failed in zip(sentences, taken, failures, strict=True)
            for atom, each in zip(atoms, failed, strict=True)
            if not each and not _is_quote(atom, sentence.cites)
        ]
        judged = iter(self._judged(open_pairs))
        checked: list[CheckedSentence] = []
        for sentence, atoms, failed in zip(sentences, taken, failures, strict=True):
            claims = tuple(
                self._claim(atom, sentence.cites, each, judged)
                for atom, each in zip(atoms, failed, strict=True)
            )
            checked.append(CheckedSentence(sentence, claims, failed))
        return checked

    def _atoms(self, sentence: DraftSentence, before: Sequence[DraftSentence]) -> tuple[str, ...]:
        if gives_orders(sentence.text):
            return ()
        if _is_quote(sentence.text, sentence.cites):
            return (sentence.text,)
        if shaken(sentence.text, statements([span.text for span in sentence.cites])):
            return (sentence.text,)  # its parts may be too short for the check to see it
        return atomic_claims(sentence.text, [each.text for each in before], self.lang)

    def _judged(self, pairs: Sequence[tuple[str, tuple[Span, ...]]]) -> list[_Judgement]:
        """What the verifier and the plug-in say of each pair."""
        texts = [text for text, _ in pairs]
        evidence = [[span.text for span in cites] for _, cites in pairs]
        if not pairs:
            return []
        ours: list[Judged | None] = [None] * len(pairs)
        if self.verifier is not None:
            ours = list(self.verifier.judge(texts, evidence))
        return list(zip(ours, self._plugged_in(texts, evidence), strict=True))

    def _plugged_in(
        self, texts: Sequence[str], evidence: Sequence[Sequence[str]]
    ) -> list[Verdict | None]:
        """What the plug-in model says; nothing where there is none, or where it fails."""
        silent: list[Verdict | None] = [None] * len(texts)
        if self.scorer is None:
            return silent
        try:
            scores = self.scorer.score(texts, evidence)
        except (StoaError, ArithmeticError, LookupError, RuntimeError, TypeError, ValueError):
            return silent  # somebody else's model: without it the answer is only told less surely
        if scores.shape != (len(texts), 2) or not bool(np.isfinite(scores).all()):
            return silent
        return [_plug_in_verdict(float(row[0]), float(row[1])) for row in scores]

    def _claim(
        self,
        text: str,
        cites: tuple[Span, ...],
        failures: tuple[Failure, ...],
        judged: Iterator[_Judgement],
    ) -> Claim:
        if failures:
            why = tuple(f"{each.check.value}: {each.words}".rstrip(": ") for each in failures)
            return Claim(text, _holding(cites, self.sources), Verdict.NOT_FOUND, 0.0, why)
        if _is_quote(text, cites):
            cites = tuple(span for span in cites if span.text == text)
            return Claim(text, cites, Verdict.QUOTED, 1.0, ("the source's own words",))
        ours, theirs = next(judged)
        finding = Finding(
            likely=ours is not None and _is_likely(ours),
            plug_in=theirs,
            states_the_world=any(states_the_world(self.sources[span.source]) for span in cites),
            names_speaker=bool(named_speaker(text)),
        )
        verdict, emitter = decide(finding)
        probability = ours.probability if ours is not None else float(theirs is Verdict.SUPPORTED)
        because = ours.because if ours is not None else (emitter.value,)
        return Claim(text, cites, verdict, probability, because)


def _is_likely(ours: Judged) -> bool:
    """Whether the verifier finds a claim that passed the hard checks likely enough to be told."""
    if ours.verdict is Verdict.LIKELY:
        return True
    return ours.supported and ours.contradiction < _NO_CONTRADICTION


def _is_quote(text: str, cites: Sequence[Span]) -> bool:
    return any(text == span.text for span in cites)


def _holding(cites: Sequence[Span], sources: Mapping[str, Source]) -> tuple[Span, ...]:
    """The spans that really stand where they say; nothing else is ever carried on."""
    return tuple(
        span for span in cites if span.source in sources and span.holds_in(sources[span.source])
    )


def _plug_in_verdict(support: float, contradiction: float) -> Verdict:
    if contradiction >= 1 - _PLUG_IN_CONTRADICTS and contradiction > support:
        return Verdict.REFUTED
    if support >= _PLUG_IN_SUPPORTS and contradiction <= _PLUG_IN_CONTRADICTS:
        return Verdict.SUPPORTED
    return Verdict.NOT_FOUND
