"""Replies as people chat, made from claims and their evidence: some say no more than it, most do.

In a talk a fact comes with "yes, ", "it" for a name, no capitals; and beside facts there are
questions, feelings and memories that no evidence holds. The sets of claims hold nothing of the
kind, so it is made. The tone is the same on both sides: what differs is whether something was said
that the evidence does not say. Phrases are our own. All chance comes from the generator.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stoa.grounding.clauses import subject_of
from stoa.grounding.quantities import names
from stoa.grounding.words import STOPWORDS

Generator = np.random.Generator


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply with its evidence; `faithful` if it says nothing else than the evidence."""

    claim: str
    evidence: tuple[str, ...]
    faithful: bool
    kind: str


_OPENERS = (
    "Yes,", "Yes, and", "Yeah,", "Yep,", "Well,", "Right,", "Sure,", "Oh yes,", "Indeed,", "True,",
    "Yes!", "Yes.", "Correct,", "Exactly,", "No,", "Actually,", "And", "So", "But", "Also,",
    "It is true that", "In fact", "Basically,", "Ah, yes,", "Yeah.", "Of course,", "Apparently",
)  # fmt: skip
_OPINIONS = (
    "I love it!", "I love {}.", "I like {} a lot.", "I really enjoy {}.", "I think {} is great.",
    "I'm a big fan of {}.", "I am not a fan of {}.", "My favorite is {}.", "I can't stand {}.",
    "{} is awesome!", "{} is so much fun.", "It is really beautiful.", "It must be so exciting.",
    "I find that hard to believe.", "It makes me happy.", "I hope it stays that way.",
    "I think it is a great idea.", "That sounds fun to me.", "It was so good!", "It was terrible.",
    "I prefer something else.", "I would love to see it one day.", "I guess it depends.",
    "I wonder why they did that.", "I don't care for it much.", "It's one of my favorites.",
)  # fmt: skip
_MEMORIES = (
    "I have never heard of {}.", "I've never seen it.", "I have been there a few times.",
    "I used to go there as a kid.", "My brother told me about {}.", "I read about {} last week.",
    "I remember {} from school.", "I grew up with {}.", "My family and I went there.",
    "I just saw it a few days ago.", "I don't know much about {}.", "I didn't know that.",
    "I have some experience with {}.", "We talk about {} at home.", "I was there last summer.",
    "I tried it once.", "I am learning about {} now.", "I haven't, but I want to.", "I agree!",
    "I'm not sure about that.", "I had no idea.", "I have to look that up.",
    "I know what you mean.",
)  # fmt: skip
_QUESTIONS = (
    "Do you like {}?", "Have you heard of {}?", "What do you know about {}?", "How about you?",
    "Have you ever been there?", "Do you know why?", "What do you think of {}?", "Are you a fan?",
    "Did you know that?", "Do you have a favorite?", "Who told you about {}?", "Is that right?",
    "Would you like to try it?", "Where did you hear about {}?", "When was that?", "Can you tell?",
    "Do you remember {}?", "Isn't that strange?", "Have you ever tried {}?", "What is {}?",
)  # fmt: skip
_JUDGEMENTS = (
    "{} is a very good example.", "{} is really popular around here.", "{} is a great person.",
    "{} was way too long.", "{} is the best in my opinion.", "{} is not that bad.",
    "{} must have been hard.", "{} always makes people laugh.", "{} looks pretty cool.",
    "{} is better than people say.", "{} is so smart and funny.", "{} seems to be getting old.",
    "{} is more interesting than I thought.", "People say {} is overrated.", "{} is just amazing.",
)  # fmt: skip
_OWN = (
    "I think that {} because I saw it.", "I heard {} and it made me sad.", "My mom says that {}.",
    "I love that {}.", "I was surprised that {}.", "It's so cool that {}.", "I hate that {}.",
    "It is amazing to me that {}.", "I remember when {}.", "I was so happy that {}.",
    "I'm glad that {}.", "I bet that {}, don't you?", "Did you know that {}?", "I wish that {}.",
    "Do you think that {}?", "Can you believe that {}?", "Is it true that {}?",
    "Why do you say {}?",
)  # fmt: skip
_PRONOUNS = ("it", "he", "she", "they")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_TOPIC = re.compile(r"\b(?:the|a|an|of|in|and|for) ([a-z]{4,}(?: [a-z]{4,})?)\b")
_BE = re.compile(r"^(is|are|was|were|has|have|had|will|would|can|could|did|does|do)\b")


def replies(claim: str, evidence: Sequence[str], supported: bool, rng: Generator) -> list[Reply]:
    """Some faithful and some unfaithful replies, of a claim and its judgement.

    >>> rng = np.random.default_rng(0)
    >>> made = replies("The mill opened in 1911.", ["The mill opened in 1911."], True, rng)
    >>> {reply.faithful for reply in made} == {True, False}
    True
    """
    said = tuple(evidence)
    made: list[Reply] = []
    if supported:
        made += _from(claim, said, rng)
    else:
        told = _shortened(claim, rng) if rng.random() < 0.5 else claim
        made.append(Reply(_opened(told, rng), said, False, "unsupported"))
    sentence = _sentence(said, rng)
    if sentence:
        near = (sentence,) if rng.random() < 0.7 else said
        made += _from(sentence, near, rng)
        topic = _topic(sentence, rng)
        made.append(Reply(_empty(topic, rng), near, False, "empty"))
    return [_as_typed(reply, rng) for reply in made]


def _from(fact: str, said: tuple[str, ...], rng: Generator) -> list[Reply]:
    """A fact of the evidence told in chat, by itself and with more."""
    told = _shortened(fact, rng) if rng.random() < 0.5 else fact
    topic = _topic(fact, rng)
    plain = _opened(told, rng) if rng.random() < 0.7 else told
    made = [Reply(plain, said, True, "plain")]
    made.append(Reply(_with_more(plain, topic, rng), said, False, "more"))
    own = _pick(_OWN, rng).format(_inside(told))
    made.append(Reply(own, said, False, "own"))
    mine = _as_mine(fact, rng)
    if mine:
        made.append(Reply(_opened(mine, rng), said, False, "mine"))
    return made


def _with_more(plain: str, topic: str, rng: Generator) -> str:
    more = _pick((_OPINIONS, _MEMORIES, _QUESTIONS, _JUDGEMENTS)[int(rng.integers(4))], rng)
    more = _capital(more.format(topic))
    closed = plain if plain[-1:] in ".!?" else f"{plain}."
    if rng.random() < 0.5:
        return f"{more} {_capital(plain)}"
    return f"{closed} {more}"


def _empty(topic: str, rng: Generator) -> str:
    """Small talk about a topic, with one or two phrases."""
    lists = (_OPINIONS, _MEMORIES, _QUESTIONS, _JUDGEMENTS)
    chosen = [_pick(lists[int(rng.integers(4))], rng) for _ in range(1 + int(rng.random() < 0.5))]
    names_it = [_PRONOUNS[int(rng.integers(4))] if rng.random() < 0.3 else topic for _ in chosen]
    told = " ".join(_capital(one.format(name)) for one, name in zip(chosen, names_it, strict=True))
    return _opened(told, rng) if rng.random() < 0.4 else told


def _opened(told: str, rng: Generator) -> str:
    opener = _pick(_OPENERS, rng)
    return f"{opener} {told if opener[-1] in '.!' else _inside(told, dot=True)}"


def _shortened(fact: str, rng: Generator) -> str:
    """The fact with a pronoun for its subject, without its last clause, or both."""
    subject = subject_of(fact)
    if subject and len(subject.split()) <= 8:
        fact = f"{_capital(_pronoun(subject, fact, rng))}{fact[len(subject) :]}"
    short = fact.rsplit(",", 1)[0]
    if rng.random() < 0.5 and short != fact and len(short.split()) >= 5:
        fact = f"{short}."
    return fact


def _pronoun(subject: str, fact: str, rng: Generator) -> str:
    rest = fact[len(subject) :].split()
    if rest and rest[0] in ("are", "were", "have", "do"):
        return "they"
    return _PRONOUNS[int(rng.integers(3))]


def _as_mine(fact: str, rng: Generator) -> str | None:
    """The fact with its subject taken by who speaks."""
    subject = subject_of(fact)
    if not subject or len(subject.split()) > 8:
        return None
    rest = fact[len(subject) :].strip()
    swap = {"is": "am", "was": "was", "has": "have", "does": "do", "are": "am", "were": "was"}
    verb = _BE.match(rest)
    if verb:
        rest = swap.get(verb[1], verb[1]) + rest[verb.end() :]
    return f"{_pick(('I', 'I', 'We', 'My friend', 'You'), rng)} {rest}"


def _sentence(said: Sequence[str], rng: Generator) -> str | None:
    found = [
        one.strip()
        for text in said
        for one in _SENTENCE.split(text)
        if 6 <= len(one.split()) <= 35 and "?" not in one and one.strip()[-1:] in '."'
    ]
    return found[int(rng.integers(len(found)))] if found else None


def _topic(text: str, rng: Generator) -> str:
    found = [name.text for name in names(text)] + _TOPIC.findall(text)
    found = [one for one in found if one.casefold() not in STOPWORDS and len(one) < 40]
    return found[int(rng.integers(len(found)))] if found else "it"


def _inside(told: str, dot: bool = False) -> str:
    """As it stands inside another sentence."""
    told = told.strip() if dot else told.strip().rstrip(".!?")
    first = told.split(" ")[0]
    return told[:1].lower() + told[1:] if first.casefold() in STOPWORDS and first != "I" else told


def _capital(told: str) -> str:
    return told[:1].upper() + told[1:]


def _pick(choices: Sequence[str], rng: Generator) -> str:
    return choices[int(rng.integers(len(choices)))]


def _as_typed(reply: Reply, rng: Generator) -> Reply:
    """Capitals and spaces as chats have them: all small, or every sign by itself."""
    claim, said = reply.claim, reply.evidence
    if rng.random() < 0.4:
        claim = claim.lower()
        if rng.random() < 0.6:
            said = tuple(text.lower() for text in said)
    if rng.random() < 0.3:
        claim = re.sub(r"(\w)([,.!?]+)(?=\s|$)", r"\1 \2", claim)
        claim = re.sub(r"(\w)('(?:s|m|ve|re|ll|d)\b)", r"\1 \2", claim)
        claim = re.sub(r"(\w)n't\b", r"\1 n't", claim)
    return Reply(claim, said, reply.faithful, reply.kind)
