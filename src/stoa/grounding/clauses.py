"""Where an English clause's subject ends and its verb begins, by closed word lists and endings.

No tagger: a verb is an auxiliary, one of the common irregular pasts and presents, or a word in -ed
after something that may be a subject. Where these lists do not see a verb, nothing is split.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PRONOUNS = _words("it he she they this that these those")
"""Words that stand for something said before."""

_AUXILIARY = _words(
    """is are was were has have had does do did will would can could may might must shall should
    isn't aren't wasn't weren't hasn't haven't hadn't doesn't don't didn't won't wouldn't can't
    cannot couldn't shouldn't isn’t aren’t wasn’t weren’t hasn’t haven’t hadn’t doesn’t don’t didn’t
    won’t wouldn’t can’t couldn’t shouldn’t"""
)
_COMMON = _words(
    """began became bought brought built came caught chose cost cut drew drove fell felt fought
    found gave got grew held hit kept knew laid led left lent lost made meant met paid put ran read
    rose said sang sat saw sold sent set shot shut sank slept spent spoke stood stole struck swam
    taught took thought threw told understood went won wore wrote beat broke flew forgot hid
    says said runs makes takes gives keeps holds stands lies sits costs covers contains includes
    opens closes serves sells uses needs allows requires carries lives works belongs begins ends
    starts stops shows means leads offers owns plays produces provides receives reaches remains
    represents supports weighs measures lasts rises falls grows comes goes gets becomes employs
    earns feeds connects crosses joins links lists names pays prints prohibits rents replaces
    reports states stores teaches wants writes attracts houses hosts"""
)
_NOT_VERBS = _words(
    """hundred need seed feed speed breed indeed exceed bed red shed weed reed deed aged naked
    sacred wicked united advanced limited retired unnamed so-called"""
)
_ADVERB = re.compile(
    r"(?:\w+ly|also|later|then|now|still|never|not|already|once|often|soon|first)$"
)
_WORD = re.compile(r"[^\s,;]+")
_DETERMINERS = _words(
    """the a an this that these those its their his her our my your all some most many few several
    both each every no one two three four five six seven eight nine ten"""
)


def is_verb(word: str) -> bool:
    """Whether a word is sure enough to be a finite verb.

    >>> is_verb("was"), is_verb("opened"), is_verb("seed")
    (True, True, False)
    """
    folded = word.casefold().strip("\"'“”‘’().")
    if folded in _NOT_VERBS:
        return False
    if folded in _AUXILIARY or folded in _COMMON:
        return True
    return len(folded) > 4 and folded.endswith("ed") and word[0].islower()


def has_verb(text: str) -> bool:
    """Whether a finite verb stands anywhere in a text."""
    return any(is_verb(word) for word in _WORD.findall(text))


def begins_with_verb(text: str) -> bool:
    """Whether a text opens with a finite verb, adverbs before it allowed.

    >>> begins_with_verb("was later closed"), begins_with_verb("the mayor closed it")
    (True, False)
    """
    words = _WORD.findall(text)
    while len(words) > 1 and _ADVERB.match(words[0].casefold()):
        words = words[1:]
    return bool(words) and is_verb(words[0])


def subject_of(text: str) -> str:
    """What stands before the first finite verb; "" where no verb is seen.

    >>> subject_of("The old library in Hillgate opened in 1911.")
    'The old library in Hillgate'
    """
    for found in _WORD.finditer(text):
        if found.start() > 0 and is_verb(found.group()):
            subject = text[: found.start()].rstrip()
            words = subject.split(" ")
            while len(words) > 1 and _ADVERB.match(words[-1].casefold()):
                words = words[:-1]
            return " ".join(words).rstrip(",")
    return ""


def is_subject(text: str) -> bool:
    """Whether a stretch may be the subject of another clause: short, one noun phrase, no comma.

    >>> is_subject("The old library"), is_subject("In 1911, the mayor")
    (True, False)
    """
    words = text.split()
    if not 0 < len(words) <= 8 or "," in text or ":" in text:
        return False
    first = words[0].casefold()
    if first in PRONOUNS and len(words) == 1:
        return True
    if first in _DETERMINERS or first.isdigit():
        return True
    if len(words) == 1 and words[0].islower():  # a bare plural: "visitors may not enter"
        return len(first) > 3 and first.endswith("s") and first not in _OPENERS
    return words[0][0].isupper() and first not in _OPENERS


_OPENERS = _words(
    """in on at by for from with after before during since until while when where if although
    though because as according there here however but and or so yet despite under over
    about"""
)


def with_subject(subject: str, left: str, right: str) -> str:
    """The right half of joined verbs with its subject, and its auxiliary where it lost one.

    "was built in 1840 and repaired in 1911": the second verb is passive too.

    >>> with_subject("The mill", "The mill was built in 1840", "repaired in 1911")
    'The mill was repaired in 1911'
    """
    first = right.split(" ", 1)[0].casefold()
    verb = left[len(subject) :].split()
    auxiliary = verb[0] if verb and verb[0].casefold() in _AUXILIARY else ""
    if auxiliary and first not in _AUXILIARY and (first.endswith("ed") or first in _PARTICIPLES):
        return f"{subject} {auxiliary} {right}"
    return f"{subject} {right}"


_PARTICIPLES = _words("built sold made held found led lost paid sent set shut told kept")
