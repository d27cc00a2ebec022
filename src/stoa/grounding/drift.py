"""How far a text has moved from the words it was checked against (ask.md 7, gestalt)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stoa.ask_records import Claim
from stoa.grounding.verdicts import STANDS
from stoa.grounding.words import content_stems


def drift(texts: Iterable[str], verified: Iterable[str]) -> float:
    """The share, 0..1, of the content words of `texts` that no `verified` text carries.

    >>> drift(["The mill opened in 1911."], ["In 1911 the mill was opened by the mayor."])
    0.0
    >>> drift(["The old mill opened."], ["The mill opened."])
    0.3333333333333333
    """
    words = [stem for text in texts for stem in content_stems(text)]
    carried = {stem for text in verified for stem in content_stems(text)}
    return sum(word not in carried for word in words) / len(words) if words else 0.0


def drift_of(claims: Sequence[Claim]) -> float:
    """The drift of an answer: of all its claims from the spans of those that stand.

    Who is quoted word for word does not stray, even where a record refutes it.
    """
    own = [claim for claim in claims if not any(claim.text == span.text for span in claim.cites)]
    verified = [span.text for claim in claims if claim.verdict in STANDS for span in claim.cites]
    said = sum(len(content_stems(claim.text)) for claim in claims)
    strayed = drift([claim.text for claim in own], verified)
    n_own = sum(len(content_stems(claim.text)) for claim in own)
    return strayed * n_own / said if said else 0.0
