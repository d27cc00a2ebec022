"""How one source uses an ambiguous word: the words around it, and what kind of thing it names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from stoa.ask_records import Source
from stoa.grounding.inflection import BENDING, is_form_of
from stoa.grounding.language_words import WORDS
from stoa.grounding.languages import language
from stoa.grounding.question_kinds import is_question_word
from stoa.grounding.words import STOPWORDS, content_stems, listed, stem, tokens

# Words so common that sharing one joins nothing.
_GENERIC_WORDS = listed(
    """year time day week month hour minute name call new old first last one two three four five
    six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty ninety
    hundred thousand million many few big small great good bad long short high low say tell make
    take give find get go come see use work man woman person thing part place way side side end
    begin open close start stop keep today yesterday tomorrow morning evening night ask answer
    know think want like love people world town city house home street local public little large
    half whole near around along across still already always often again early late since until
    today stand hold run lie build have be do will would can could should people also only just
    about really very mostly cost pay price number metre metres kilometre kilometres percent spring
    summer autumn winter monday tuesday wednesday thursday friday saturday sunday january february
    march april may june july august september october november december north south east west
    jahr jahre jahren año años an ans année années году года лет год yıl năm anul ani"""
)
_GENERIC = frozenset(stem(word) for word in _GENERIC_WORDS)
_COPULA = (
    r"(?:is|was|are|were|ist|war|sind|es|era|son|est|était|este|είναι|là|bir|это"
    r"|—|–|:|,|\(|是)"
)
_ARTICLE = (
    r"(?:an?|the|one of the|our|my|ein(?:e|er)?|der|die|das|unsere?|un[ae]?|el|la|le|les|l['’]"
    r"|o|το|η|μια|ένα(?:ς)?|một|一(?:种|个|座|条|家)?)"
)
_IS_A = re.compile(
    rf"[\"”»')]*\s*(?:{_COPULA}\s*{_ARTICLE}\b|[—–]\s*(?:это\b)?|это\b|是)\s*(.{{2,80}})",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"\b(?i:{_ARTICLE})\s+((?:[^\W\d_A-Z][\w-]*\s+){{1,3}})[\"“«„']?$")
_GLUE = frozenset("的了是在和有为不也与于")  # Chinese characters that join words: no content
_FAR = 8  # words away from the term from which on a word is not near it
_N_DESCRIBING = 4  # words after the article that may say what kind of thing it is


@dataclass(frozen=True, slots=True)
class Sighting:
    """One source that uses the word."""

    source: Source
    term: str  # its stem
    stems: frozenset[str]  # all content words
    context: Mapping[str, float]  # telling words around it with their rarity
    kind_words: frozenset[str]  # what it says the word names
    near: Mapping[str, float]  # context words by how near they stand to it: 1 beside it, 0 far off


def content_of_question(asked: str) -> list[str]:
    """Stems of what a question is about: no stopwords, no words that only ask."""
    lang = language(asked) or "en"
    common = _function_words(lang)
    kept = [
        stem(token)
        for token in tokens(asked)
        if token not in STOPWORDS and token not in common and not is_question_word(token, lang)
    ]
    return list(dict.fromkeys(each for each in kept if each not in ("mean", "call", "tell")))


def with_forms(wanted: Sequence[str], stems: Sequence[str], lang: str) -> list[str]:
    """Some stems, and those wanted of which they hold another form, where a language bends words.

    >>> with_forms(["авроре"], ["аврора", "кино"], "ru")
    ['аврора', 'кино', 'авроре']
    """
    if lang not in BENDING:
        return list(stems)
    held = set(stems)
    more = (w for w in wanted if w not in held and any(is_form_of(w, s, lang) for s in held))
    return [*stems, *more]


def sighting(
    source: Source, term: str, wanted: Sequence[str], weights: Mapping[str, float]
) -> Sighting:
    """Reads one source; `wanted` are the question's stems, which tell senses apart nowhere."""
    whole = f"{source.title}. {source.text}" if source.title else source.text
    lang = source.lang or language(whole) or "en"
    common = _function_words(lang)
    own = [stem(token) for token in tokens(whole) if token not in STOPWORDS and token not in common]
    stems = with_forms(wanted, own, lang)
    context = {
        each: weights.get(each, 1.0)
        for each in stems
        if each not in wanted
        and each not in _GENERIC
        and _is_telling(each)
        and not _is_form_of_any(each, wanted, lang)
    }
    kinds = _kind_words(whole, term, common, lang) - set(wanted) - _GENERIC
    return Sighting(source, term, frozenset(stems), context, kinds, _nearness(source.text, term))


def linked(one: Sighting, other: Sighting) -> bool:
    """Whether two sources use the word for one thing, as far as their words tell.

    What each says the word names decides first; then words in common; then who wrote them.
    """
    if one.kind_words & other.kind_words:
        return True
    shared = one.context.keys() & other.context.keys()
    kinds_named = (one.kind_words & other.stems) | (other.kind_words & one.stems)
    if kinds_named - _GENERIC:
        return True
    needed = 2 if one.kind_words and other.kind_words else 1
    if len(shared) >= needed:
        return True
    document = one.source.id.split("#")[0]
    return document.startswith("document:") and document == other.source.id.split("#")[0]


def descriptor(seen: Sighting) -> frozenset[str]:
    """The words by which a source says what kind of thing the word names; empty if it does not."""
    return seen.kind_words


def label(group: Sequence[Sighting], others: Sequence[Sequence[Sighting]], n_words: int = 3) -> str:
    """Words that name a sense: kind of thing first, then what only this group speaks of.

    Words near the ambiguous one come before those far from it; each is written as in its source.
    """
    elsewhere = {stem_ for other in others for each in other for stem_ in each.stems}
    counts: dict[str, float] = {}
    for each in group:
        for word, rarity in each.context.items():
            if word not in elsewhere:
                near = each.near.get(word, 0.0)
                worth = 1 + rarity / 10 + 5 * (word in each.kind_words) + 3 * near
                counts[word] = counts.get(word, 0.0) + worth
    chosen = {word for word, _ in sorted(counts.items(), key=lambda e: (-e[1], e[0]))[:n_words]}
    written: dict[str, str] = {}
    for each in group:
        for word in re.findall(r"[^\W\d_][\w'’-]*", each.source.text):
            key = next(iter(content_stems(word)), "")
            if key in chosen:
                written.setdefault(key, word)
    return ", ".join(written.values()) or (group[0].source.title or group[0].source.text[:40])


def _kind_words(text: str, term: str, common: frozenset[str], lang: str) -> frozenset[str]:
    """Stems after "TERM is a ..." and before "the ... TERM"."""
    found: set[str] = set()
    for match in _uses(text, term, lang):
        said = _IS_A.match(text[_end_of_name(text, match) :])
        if said and not _hangs_on(text[: match.start()], common):
            found.update(_head(said.group(1), common))
        # "the river Marn" says what Marn is; "the council raised" says nothing of raising.
        before = _NAMED.search(text[: match.start()])
        if before and match.group()[0].isupper():
            found.update(content_stems(before.group(1)))
    return frozenset(found - STOPWORDS - common)


def _end_of_name(text: str, match: re.Match[str]) -> int:
    """Where the name ends that begins with a matched word: after "Road" in "Silver Road is"."""
    end = match.end()
    if match.group()[0].isupper():
        while (more := _NEXT_WORD.match(text, end)) and more.group(1)[0].isupper():
            end = more.end()
    return end


_NEXT_WORD = re.compile(r"\s+([^\W\d_][\w'’-]*)")


def _hangs_on(before: str, common: frozenset[str]) -> bool:
    """Whether a word of the kind "of" stands before: in "the owner of X is ..." no X is told."""
    words = tokens(before[-20:])
    if not words or before.rstrip()[-1:] in ".!?:;\n":
        return False
    last = words[-1]
    return (last in common or last in STOPWORDS) and not re.fullmatch(_ARTICLE, last, re.IGNORECASE)


def _head(phrase: str, common: frozenset[str]) -> list[str]:
    """The stems of a noun phrase up to the word that joins something to it: "of", "that"."""
    found: list[str] = []
    for token in tokens(re.split(r"[.,;:!?]", phrase)[0]):
        if token in STOPWORDS or token in common or len(found) == _N_DESCRIBING:
            break
        found.append(stem(token))
    return found


def _uses(text: str, term: str, lang: str) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    for match in re.finditer(r"[^\W_]+", text):
        word = stem(match.group().casefold())
        if word == term or (lang in BENDING and is_form_of(word, term, lang)):
            found.append(match)
    return found


def _is_form_of_any(word: str, wanted: Sequence[str], lang: str) -> bool:
    return lang in BENDING and any(is_form_of(word, each, lang) for each in wanted)


def _nearness(text: str, term: str) -> dict[str, float]:
    words = [stem(token) for token in tokens(text)]
    places = [place for place, word in enumerate(words) if word == term]
    found: dict[str, float] = {}
    for place, word in enumerate(words):
        away = min((abs(place - each) for each in places), default=_FAR)
        found[word] = max(found.get(word, 0.0), 1 - min(away, _FAR) / _FAR)
    return found


def _is_telling(word: str) -> bool:
    return len(word) > 1 and not word[0].isdigit() and not _GLUE & set(word)


@lru_cache(maxsize=64)
def _function_words(lang: str) -> frozenset[str]:
    return frozenset(word for word, langs in WORDS.items() if lang in langs)
