"""Does the check-and-revise loop pay: drafts with errors put into them, and what is left of both.

A draft is made of true statements about hand-written documents and posts of the town, in other
words than theirs, into which errors of four kinds are put: a number, a date, a name, a negation.
The loop is run as for a model's draft. An error is removed when no claim of the answer states it.
A true statement is lost when the answer neither states it nor quotes the words it rests on.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stoa.ask.drafting import Judges, Pool, claims_of_draft
from stoa.ask.memory_evidence import MemoryEvidence
from stoa.ask.model_draft import DraftSentence
from stoa.ask.parts import AskConfig, ClaimJudge
from stoa.ask.showing import Shown, spans_of
from stoa.ask_records import Claim, EvidenceSet, Question, Source, Verdict
from stoa.evaluation.draft_documents import DraftDocument, TrueClaim, documents
from stoa.evaluation.error_kinds import ErrorKind, injected
from stoa.evaluation.town_statements import town_documents
from stoa.grounding.claims import atomic_claims
from stoa.grounding.quantities import names
from stoa.grounding.verdicts import SHOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftStudyConfig:
    """How many drafts of what."""

    n_drafts: int = 300
    part: str = "final"  # `dev` is what the checks were written with
    n_town: int = 60  # posts of the town to speak of
    seed: int = 0


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One sentence of a made draft."""

    sentence: DraftSentence
    true_text: str
    kind: ErrorKind | None  # None: it is true
    changed: str  # the words that are wrong


@dataclass(frozen=True, slots=True)
class MadeDraft:
    """A draft and the sources it was made from."""

    lines: tuple[DraftLine, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A share of n with its 95 % Wilson interval."""

    share: float
    low: float
    high: float
    n: int

    @classmethod
    def of(cls, k: int, n: int) -> Share:
        """The share k of n; Wilson, JASA 1927."""
        if n == 0:
            return cls(math.nan, 0.0, 1.0, 0)
        z, p = 1.959964, k / n
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return cls(p, max(middle - half, 0.0), min(middle + half, 1.0), n)


Method = Callable[[MadeDraft], Sequence[Claim]]


def made_drafts(config: DraftStudyConfig) -> list[MadeDraft]:
    """The drafts: three to five statements of one or two sources, one or two of them wrong.

    Kinds of error take turns; a sentence that can hold none of the kind whose turn it is stays.
    """
    chance = random.Random(config.seed)
    pool = [*documents(config.part), *town_documents(config.n_town, config.seed, config.part)]
    long = [each for each in pool if len(each.claims) >= 3]
    named = [name for each in pool for name in _names(each)]
    kinds, n_wrong = list(ErrorKind), 0
    drafts: list[MadeDraft] = []
    while len(drafts) < config.n_drafts:
        chosen = [chance.choice(long), *chance.sample(pool, 1 + chance.randrange(2))]
        chosen = list({each.source.id: each for each in chosen}.values())
        claims = [(each, claim) for each in chosen for claim in each.claims]
        taken = chance.sample(claims, min(len(claims), 3 + chance.randrange(3)))
        lines = [_true(claim) for _, claim in taken]
        for _ in range(1 + chance.randrange(2)):
            kind = kinds[n_wrong % len(kinds)]
            places = [at for at, line in enumerate(lines) if line.kind is None]
            chance.shuffle(places)
            for at in places:
                line = _wrong(taken[at][1], kind, taken[at][0], chance, named)
                if line is not None:
                    lines[at], n_wrong = line, n_wrong + 1
                    break
        drafts.append(MadeDraft(tuple(lines), tuple(each.source for each in chosen)))
    return drafts


def _true(claim: TrueClaim) -> DraftLine:
    return DraftLine(DraftSentence(claim.text, claim.cites), claim.text, None, "")


def _wrong(
    claim: TrueClaim,
    kind: ErrorKind,
    document: DraftDocument,
    chance: random.Random,
    others: Sequence[str],
) -> DraftLine | None:
    """The claim with one error of a kind; None where it can hold none."""
    made = injected(claim.text, kind, document.source.text, others, chance)
    if made is None or made[0] == claim.text:
        return None
    return DraftLine(DraftSentence(made[0], claim.cites), claim.text, kind, made[1])


def _names(document: DraftDocument) -> list[str]:
    return [name.text for claim in document.claims for name in names(claim.text)]


def loop(verifier: ClaimJudge) -> Method:
    """Ask's own way with a draft: hard checks, verifier, at most three rounds of revision."""

    def run(draft: MadeDraft) -> Sequence[Claim]:
        evidence = EvidenceSet(draft.sources, tuple(1.0 for _ in draft.sources))
        spans = {
            f"s{i}.{j}": span
            for i, source in enumerate(draft.sources, 1)
            for j, span in enumerate(spans_of(source), 1)
        }
        shown = Shown(spans, {source.id: source for source in draft.sources})
        pool = Pool(MemoryEvidence.of(draft.sources), Question(""), evidence)
        sentences = [line.sentence for line in draft.lines]
        judges = Judges(verifier, None)
        made, _ = claims_of_draft(sentences, shown, pool, judges, "en", AskConfig())
        return [claim for claim in made.claims if claim.verdict in SHOWN]

    return run


def verifier_alone(verifier: ClaimJudge) -> Method:
    """Each sentence kept where the verifier says `likely`, else dropped."""

    def run(draft: MadeDraft) -> Sequence[Claim]:
        sentences = [line.sentence for line in draft.lines]
        judged = verifier.judge(
            [each.text for each in sentences],
            [[span.text for span in each.cites] for each in sentences],
        )
        return [
            Claim(each.text, each.cites, one.verdict)
            for each, one in zip(sentences, judged, strict=True)
            if one.verdict is Verdict.LIKELY
        ]

    return run


def keep_all(draft: MadeDraft) -> Sequence[Claim]:
    """The draft as it came."""
    return [Claim(each.sentence.text, each.sentence.cites, Verdict.LIKELY) for each in draft.lines]


def keep_none(draft: MadeDraft) -> Sequence[Claim]:
    """Nothing."""
    del draft
    return ()


def quote_all(draft: MadeDraft) -> Sequence[Claim]:
    """The cited words in place of every sentence."""
    return [
        Claim(span.text, (span,), Verdict.QUOTED)
        for line in draft.lines
        for span in line.sentence.cites
    ]


def study_drafts(verifier: ClaimJudge, config: DraftStudyConfig) -> dict[str, object]:
    """Errors removed and true statements lost, of the loop and of trivial ways, with intervals."""
    drafts = made_drafts(config)
    methods: dict[str, Method] = {
        "loop": loop(verifier),
        "verifier alone": verifier_alone(verifier),
        "keep all": keep_all,
        "keep none": keep_none,
        "quote all": quote_all,
    }
    n_errors = sum(line.kind is not None for draft in drafts for line in draft.lines)
    report: dict[str, object] = {"drafts": len(drafts), "errors": n_errors, "part": config.part}
    report |= {name: _figures(drafts, method) for name, method in methods.items()}
    return report


def _figures(drafts: Sequence[MadeDraft], method: Method) -> dict[str, object]:
    removed: dict[ErrorKind, list[bool]] = {kind: [] for kind in ErrorKind}
    lost: list[bool] = []
    own_words: list[bool] = []
    for draft in drafts:
        claims = method(draft)
        for line in draft.lines:
            if line.kind is not None:
                removed[line.kind].append(not states_error(line, claims))
            else:
                is_told = states(line.sentence.text, claims)
                own_words.append(is_told)
                lost.append(not is_told and not quotes(line, claims))
    every = [each for kind in removed.values() for each in kind]
    return {
        "errors_removed": Share.of(sum(every), len(every)),
        "true_lost": Share.of(sum(lost), len(lost)),
        "true_in_own_words": Share.of(sum(own_words), len(own_words)),
        "removed_by_kind": {k.value: Share.of(sum(v), len(v)) for k, v in removed.items()},
    }


def states_error(line: DraftLine, claims: Sequence[Claim]) -> bool:
    """Whether a claim that is no quotation states the wrong sentence or a wrong part of it."""
    right = {_bare(atom) for atom in atomic_claims(line.true_text)}
    atoms = [_bare(atom) for atom in atomic_claims(line.sentence.text)]
    wrong = [atom for atom in atoms if atom not in right] or [_bare(line.sentence.text)]
    told = [_bare(claim.text) for claim in claims if not _is_quote(claim)]
    return any(atom in text for atom in [*wrong, _bare(line.sentence.text)] for text in told)


def states(text: str, claims: Sequence[Claim]) -> bool:
    """Whether the claims state a sentence: whole, or all its parts."""
    told = [_bare(claim.text) for claim in claims]
    atoms = [_bare(atom) for atom in atomic_claims(text)] or [_bare(text)]
    whole = any(_bare(text) in each for each in told)
    return whole or all(any(atom in each for each in told) for atom in atoms)


def quotes(line: DraftLine, claims: Sequence[Claim]) -> bool:
    """Whether every span that a sentence rests on is quoted."""
    quoted = {claim.text for claim in claims if _is_quote(claim)}
    return all(span.text in quoted for span in line.sentence.cites)


def _is_quote(claim: Claim) -> bool:
    return any(claim.text == span.text for span in claim.cites)


def _bare(text: str) -> str:
    return " ".join(text.casefold().rstrip(".!… ").split())
