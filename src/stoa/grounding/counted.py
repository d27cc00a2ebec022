"""What "how many ..." counts, and whether a number in a sentence counts that."""

from __future__ import annotations

import re

from stoa.grounding.inflection import is_form_of
from stoa.grounding.kin import matters_of, plain
from stoa.grounding.languages import language
from stoa.grounding.quantities import quantities
from stoa.grounding.words import STOPWORDS, listed, stem, tokens

_COUNTED = re.compile(
    r"\b(?:how many|wie ?viele|cuánt[oa]s|combien d(?:e\s|['’])|сколько|câ(?:ți|te)"
    r"|πόσ(?:α|ες|οι|ους)|kaç|bao nhiêu)"
    r"\s*(?:of the\s+)?(?P<noun>[^\W\d_]+)",
    re.IGNORECASE,
)
_NEAR = 4  # words after a number among which what is counted stands
_BARE = re.compile(r"\W*(?:$|[.;,])")
_VERB_AFTER = frozenset({"стоит", "стоил", "стоила", "стоило", "лет", "времени"})


def counts_what_is_asked(question: str, text: str, hint: str = "") -> bool:
    """Whether a number in the text counts what "how many ..." asks for; True for other questions.

    `hint` is the language where the question alone does not tell it. A number counts the noun that
    follows it, or one before it where nothing follows ("Houses: 12").

    >>> counts_what_is_asked("How many weavers struck?", "They were back after nineteen days.")
    False
    >>> counts_what_is_asked("How many houses fell?", "Houses that fell: 12.")
    True
    """
    asked = _COUNTED.search(question)
    if asked is None or asked["noun"].casefold() in _VERB_AFTER:
        return True
    lang = language(question) or hint or "en"
    noun = asked["noun"].casefold()
    for number in quantities(text):
        near = tokens(text[number.start :])[: _NEAR + 1]
        follows = text[number.end :]
        if number.unit == "" and _BARE.match(follows):
            near += tokens(text[: number.start])
        if any(_is_one_thing(noun, word, lang) for word in near):
            return True
    return False


def _is_one_thing(one: str, other: str, lang: str) -> bool:
    """Whether two nouns are one word, begin alike as inflected words do, or are kin."""
    first, second = plain(stem(one)), plain(stem(other))
    if first == second or (len(first) > 4 and first[:5] == second[:5]):
        return True
    if is_form_of(first, second, lang):
        return True
    if other in STOPWORDS:
        return False
    return bool(matters_of(one, lang) & matters_of(other, lang) & _COUNTABLE)


_COUNTABLE = listed(
    "people player house job ship crew stair species pupil visitor vote live book work item"
)
"""Matters whose words are nouns that may stand for each other where they are counted."""
