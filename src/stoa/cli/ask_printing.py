"""An answer for a terminal: words first, then what each claim rests on."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import IO

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from stoa.ask.composing import noise_sentence, numbered
from stoa.ask_records import Answer, Claim, Source, Tier, Verdict

SHAPES = {
    Verdict.QUOTED: ("❝", "quoted", "cyan"),
    Verdict.SUPPORTED: ("●", "supported", "green"),
    Verdict.LIKELY: ("◐", "likely", "green"),
    Verdict.ATTRIBUTED: ("▷", "attributed", "blue"),
    Verdict.DISPUTED: ("◇", "disputed", "yellow"),
    Verdict.REFUTED: ("✕", "refuted", "red"),
    Verdict.NOT_FOUND: ("○", "not found", "yellow"),
}
"""Shape, word and colour of each verdict: whoever sees no colour loses nothing."""

TIERS = {
    Tier.RECORD: "record",
    Tier.DATASET: "dataset or filing",
    Tier.FIRST_HAND: "first-hand",
    Tier.REPORT: "report",
    Tier.OPINION: "opinion",
}
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def visible(words: str) -> str:
    r"""Text of others made safe for a terminal: what would command it is spelt out.

    >>> visible("a\x1b[2Jb")
    'a‹1B›[2Jb'
    """
    return _UNSAFE.sub(lambda found: f"‹{ord(found[0]):02X}›", words)


def print_answer(answer: Answer, out: IO[str]) -> None:
    """The answer for a person."""
    console = Console(file=out, highlight=False, markup=False, emoji=False)
    console.soft_wrap = not console.is_terminal  # a file or another program gets whole lines
    console.print(Text(visible(answer.text)))
    numbers = numbered(answer.claims)
    if answer.claims:
        console.print()
    for claim in answer.claims:
        console.print(_claim_line(claim, numbers))
    by_id = {source.id: source for source in answer.sources}
    if numbers:
        console.print()
    for id_, number in numbers.items():
        console.print(_source_line(number, id_, by_id.get(id_)))
    console.print()
    noise = noise_sentence(answer.noise, answer.lang)
    if noise and noise not in answer.text:
        console.print(Text(noise, "dim"))
    for reason in (answer.reason, answer.would_settle):
        if reason and reason not in answer.text:
            console.print(Text(visible(reason), "dim"))
    console.print(_confidence(answer))
    for each in answer.followups:
        console.print(Padding(Text(f"→ {visible(each)}", "dim"), (0, 0, 0, 2)))


def _claim_line(claim: Claim, numbers: dict[str, int]) -> Text:
    shape, word, colour = SHAPES[claim.verdict]
    line = Text(f"{shape} {word:<11}", colour)
    marks = "".join(f"[{n}]" for n in dict.fromkeys(numbers[span.source] for span in claim.cites))
    line.append(f"{marks} " if marks else "", "bold")
    line.append(visible(" ".join(claim.text.split())), "default")
    quote = " ".join(claim.cites[0].text.split()) if claim.cites else ""
    if quote and claim.verdict is not Verdict.QUOTED:
        line.append(f"  “{visible(quote)}”", "dim")
    return line


def _source_line(number: int, id_: str, source: Source | None) -> Text:
    line = Text(f"[{number}] ", "bold")
    if source is None:
        return line.append(visible(id_))
    line.append(visible(source.title or source.author or id_), "default")
    told = [TIERS[source.tier]]
    if source.at_us:
        told.append(datetime.fromtimestamp(source.at_us / 1e6, UTC).date().isoformat())
    line.append(f" · {' · '.join(told)}\n    ", "dim")
    return line.append(visible(source.url or source.id), "dim")


def _confidence(answer: Answer) -> Text:
    share = min(max(answer.confidence, 0.0), 1.0)
    filled = round(share * 10)
    word = "no answer" if answer.abstained else "confidence"
    return Text(f"{'■' * filled}{'□' * (10 - filled)} {word} {share:.0%}", "bold")
