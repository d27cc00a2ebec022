"""Posts of the simulated town and what may truly be said of them, in other words."""

from __future__ import annotations

import random
import re

import numpy as np

from stoa.ask_records import Source, SourceKind, Span, Tier
from stoa.evaluation.draft_documents import DraftDocument, TrueClaim
from stoa.grounding.sentences import sentences
from stoa.town.lexicon import TOPICS
from stoa.town.names import make_names
from stoa.town.writer import N_DICE, Draft, Form, write

_SAID_OTHERWISE = r"""
Spent the morning (?P<act>.+) (?P<place>(?:in|at|on|by|under|before|near) .+)\.
  > The morning was spent {act} {place}.
The (?P<things>.+) were (?P<quality>.+) today\.
  > Today the {things} were {quality}.
Notes from an evening of (?P<act>.+)\.
  > The notes are from an evening of {act}.
Three years of (?P<act>.+) and the (?P<things>.+) still surprise me\.
  > After three years of {act} the {things} still surprise the writer.
My neighbour swears by (?P<act>.+)\.
  > The writer's neighbour swears by {act}.
The trick with (?P<things>.+) is (?P<act>.+)\.
  > With {things} the trick is {act}.
The (?P<things>.+) came out (?P<quality>.+), the (?P<others>.+) less so\.
  > The {things} came out {quality}, and the {others} less so.
It takes an hour of (?P<act>.+) and most of it is waiting\.
  > An hour of {act} is needed, most of which is waiting.
I kept count: eleven (?P<things>.+), two of them (?P<quality>.+)\.
  > Of the eleven {things} that were counted, two were {quality}.
If yours turn (?P<quality>.+), try (?P<act>.+)\.
  > Try {act} if yours turn {quality}.
(?P<act>.+) helped more than anything I bought\.
  > Nothing that was bought helped more than {act}.
Old notebook, page one: (?P<things>.+), then (?P<others>.+)\.
  > Page one of the old notebook has {things}, then {others}.
There is a long argument about (?P<things>.+) and I have changed sides\.
  > In a long argument about {things} the writer has changed sides.
"""
"""Sentence patterns of the town's writer, each with what it says in other words."""


def town_documents(n: int, seed: int, part: str) -> list[DraftDocument]:
    """Some posts of the town's writer on English topics, each with at least one true claim."""
    chance = random.Random(f"{seed}:{part}")
    topics = [at for at, topic in enumerate(TOPICS) if topic.lang == "en"]
    authors = make_names(n, np.random.default_rng(seed))[0]
    found: list[DraftDocument] = []
    while len(found) < n:
        dice = [chance.randrange(2**31) for _ in range(N_DICE)]
        draft = Draft(chance.choice(topics), Form.POST, chance.random(), 0.0, 1_700_000_000_000_000)
        text = write(draft, dice).text
        author = authors[len(found)]
        source = Source(
            f"at://did:plc:made{len(found)}/app.bsky.feed.post/{part}",
            SourceKind.POST, text, Tier.OPINION, title=author, author=author,
        )  # fmt: skip
        spans = tuple(Span.of(source, start, end) for start, end in sentences(text, "en"))
        claims = tuple(claim for span in spans if (claim := _claim(span)) is not None)
        if claims:
            found.append(DraftDocument(source, part, spans, claims))
    return found


def _claim(span: Span) -> TrueClaim | None:
    for pattern, otherwise in _patterns():
        match = re.fullmatch(pattern, span.text)
        if match:
            text = otherwise.format(
                **{k: v[:1].lower() + v[1:] for k, v in match.groupdict().items()}
            )
            return TrueClaim(text, (span,))
    return None


def _patterns() -> list[tuple[str, str]]:
    """The table as pairs; a long pattern may go on in the next line, before its `>`."""
    pairs = re.split(r"\n(?=\S)", _SAID_OTHERWISE.strip())
    split = [each.split("\n  > ") for each in pairs]
    return [(pattern, otherwise) for pattern, otherwise in split]
