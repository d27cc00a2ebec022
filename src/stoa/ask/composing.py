"""Finished claims as a text: the answering one first, then who says what, then what was left out.

Nothing is claimed here: every word that is not a claim's own is a frame of `answer_phrases`. So two
voices or two languages can only differ in frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stoa.ask.answer_phrases import AnswerPhrases, phrases
from stoa.ask_records import Claim, Conflict, NoiseReport, Source, SourceKind, Tier


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text; `claim` is the index of the claim it says, None for a frame."""

    text: str
    claim: int | None = None


def numbered(claims: Sequence[Claim]) -> dict[str, int]:
    """The number each cited source is shown under, from 1, in order of use."""
    numbers: dict[str, int] = {}
    for claim in claims:
        for span in claim.cites:
            numbers.setdefault(span.source, len(numbers) + 1)
    return numbers


def noise_sentence(noise: NoiseReport, lang: str) -> str:
    """How much was found and not used, or "" where nothing was left out.

    >>> noise_sentence(NoiseReport(n_found=412, n_used=6, n_copies=380, n_off_topic=21), "en")
    'Used 6 of 412 sources: 380 copies, 21 off topic.'
    """
    frame = phrases(lang)
    counts = (
        (frame.copies, noise.n_copies),
        (frame.off_topic, noise.n_off_topic),
        (frame.thin, noise.n_low_information),
        (frame.bait, noise.n_bait),
    )
    left_out = [words.format(n=n) for words, n in counts if n > 0]
    if not left_out:
        return ""
    used = frame.used.format(used=noise.n_used, found=noise.n_found)
    return f"{used}: {frame.comma.join(left_out)}."


def pieces(
    claims: Sequence[Claim],
    sources: Sequence[Source],
    conflicts: Sequence[Conflict],
    lang: str,
) -> list[Piece]:
    """The text of an answer, cut where a claim begins and ends. `claims[0]` is the answer.

    A claim that sources contradict is shown under "where they disagree", once, beside what
    contradicts it, whatever its place; the answer itself always comes first.
    """
    frame, numbers = phrases(lang), numbered(claims)
    by_id = {source.id: source for source in sources}
    said = [_said(claim, by_id, numbers, frame) for claim in claims]
    out: list[Piece] = []
    if claims:
        out.append(Piece(said[0], 0))
    clashing = {claim for conflict in conflicts for claim in conflict.claims}
    kinds = {_group(claim, by_id) for claim in claims if claim not in clashing}
    if len(kinds) == 1 and not conflicts:  # one kind of source needs no headings
        return [*out, *(Piece(f"\n- {said[i]}", i) for i in range(1, len(claims)))]
    groups = (
        (frame.records, "records"),
        (frame.documents, "documents"),
        (frame.notes, "notes"),
        (frame.posts, "posts"),
    )
    for heading, group in groups:
        members = [
            i
            for i, claim in enumerate(claims)
            if i > 0 and claim not in clashing and _group(claim, by_id) == group
        ]
        out.extend(_listed(heading, members, said))
    for conflict in conflicts:
        out.extend(_clash(conflict, claims, said, frame, numbers))
    return out


def _listed(heading: str, members: Sequence[int], said: Sequence[str]) -> list[Piece]:
    """A heading and its claims, a line each; nothing where there are none."""
    if not members:
        return []
    return [Piece(f"\n\n{heading}:"), *(Piece(f"\n- {said[i]}", i) for i in members)]


def _clash(
    conflict: Conflict,
    claims: Sequence[Claim],
    said: Sequence[str],
    frame: AnswerPhrases,
    numbers: dict[str, int],
) -> list[Piece]:
    """Both sides of a conflict, the stronger named."""
    members = [claims.index(claim) for claim in conflict.claims if claim in claims]
    out = _listed(frame.disagree, members, said)
    if out and conflict.stronger is not None:
        cites = conflict.claims[conflict.stronger].cites
        if cites and cites[0].source in numbers:
            source = f"[{numbers[cites[0].source]}]"
            out.append(Piece("\n" + frame.stronger.format(source=source)))
    return out


def _group(claim: Claim, by_id: dict[str, Source]) -> str:
    """Under which heading a claim stands: that of its strongest source."""
    cited = [by_id[span.source] for span in claim.cites if span.source in by_id]
    if any(source.tier <= Tier.DATASET for source in cited):
        return "records"
    if any(source.kind is SourceKind.DOCUMENT for source in cited):
        return "documents"
    if any(source.kind is SourceKind.NOTE for source in cited):
        return "notes"
    return "posts"


def _said(
    claim: Claim, by_id: dict[str, Source], numbers: dict[str, int], frame: AnswerPhrases
) -> str:
    """A claim in a reader's words: in quotation marks where it is one, with its numbers."""
    marks = "".join(f"[{n}]" for n in dict.fromkeys(numbers[span.source] for span in claim.cites))
    text = claim.text
    if claim.cites and text == claim.cites[0].text:
        text = f"{frame.quote[0]}{text}{frame.quote[1]}"
    return f"{text} {marks}".rstrip()
