"""What bars a sentence from answering a question, although it says the question's words.

A square is full of near misses: the old wharf for the new one, another year, the mill of the next
village, what was denied, and what would be if. A sentence that is barred may be shown; it is not
the answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from stoa.grounding.asked_words import asked_of
from stoa.grounding.inflection import is_derived_from, is_form_of
from stoa.grounding.kin import NOUNS, matters_in, matters_of, plain
from stoa.grounding.languages import language
from stoa.grounding.moments import moments
from stoa.grounding.opposed_words import OPPOSED
from stoa.grounding.polarity import n_negations
from stoa.grounding.question_kinds import QuestionKind, question_kind
from stoa.grounding.words import STOPWORDS, stem, tokens

_CONTRAST = re.compile(
    r"(?<!\w)(?:but|sondern|sino|mais|ma|bensì|mas|ci|ali|αλλά|а|но|ama|fakat|mà|nhưng)(?!\w)|而是|而在",
    re.IGNORECASE,
)
_MILD = re.compile(
    r"(?<!\w)(?:no\s+(?:more|less|fewer|later|earlier)\s+than|not\s+(?:only|just|until|before|more|less|even"
    r"|far|long|yet)|no\s+longer|nothing\s+but|nicht\s+(?:nur|vor|mehr|weit)|no\s+(?:sólo|solo|más|menos)"
    r"|ne\s+\w+\s+que|pas\s+seulement|не\s+(?:только|более|менее|раньше))(?!\w)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NOT_DONE = re.compile(
    r"(?<!\w)(?:(?:nearly|almost|narrowly|beinahe|fast|casi|presque|quasi|aproape|почти|чуть|neredeyse)(?=\s+[^\W\d]{3,})"
    r"|(?:refused|declined|failed|tried|wanted|hoped|meant|planned|forgot|promised|threatened)\s+to"
    r"|versuchte|wollte|quería|quiso|voulait|faillit|хотел[аи]?|собирал\w+)(?!\w)",
    re.IGNORECASE,
)
"""What says of a deed that it was not done, without a word of denial."""
_DOUBTED = re.compile(
    r"(?<!\w)(?:(?:was|were|been)\s+(?:\w+\s+)?(?:thought|believed|supposed|assumed|held|reported|rumou?red)\s+to"
    r"|(?:was|were|been)\s+(?:\w+\s+)?(?:given|printed|reported|named|stated)\s+as|(?:wrongly|mistakenly|falsely)\s+\w+"
    r"|by\s+mistake|in\s+error|irrtümlich|fälschlich|hielt\s+man\s+für|por\s+error|par\s+erreur|по\s+ошибке"
    r"|ошибочно)(?!\w)",
    re.IGNORECASE,
)
"""What tells a thing as others once had it."""
_CLAUSE = re.compile(r"[,;:.!?]\s+|\s+[–—-]\s+|\s(?:and|und|y|et|и|și|ve|και|e)\s", re.IGNORECASE)
_NEAR = 4  # words between a negation and what it denies
_IF = re.compile(
    r"(?<!\w)(?:would|could|might|(?:was|were)\s+to|würden?|könnten?|wäre|hätte|бы|(?:\w{2,}(?:ría|rían|rait|raient|rebbe"
    r"|rebbero))|ar\s+(?:fi|costa|avea|putea)|θα\s+\w+(?:ούσε|ούσαν))(?!\w)",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(
    r"(?<!\w)(?:would|could|might|may|can|should|if|will|shall|plan\w*|propos\w*|expect\w*|suppos\w*|wenn|falls|würde"
    r"|wird|könnte|soll\w*|si|podría|sería|costaría|serait|pourrait|coûterait|если|бы|se|ar|αν|θα|eğer)(?!\w)",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"(?<!\w)(?:did|was|were|has|had|have|been|wurde[n]?|hat|haben|war|fue|fueron|hizo|a\s+été|fut|был[аио]?)(?!\w)",
    re.IGNORECASE,
)
_TO_COME = re.compile(
    r"(?<!\w)(?:will|shall|(?:is|are)\s+(?:to|due\s+to|planned|expected|going\s+to|scheduled)|soll(?:en)?|wird)(?!\w)",
    re.IGNORECASE,
)
_OF_NAME = re.compile(
    r"(?P<noun>[^\W\d_]{3,})\s+(?:(?:in|of|at|on|near|from|im|von|bei|aus|de|del|en|du|des|à|di|da|în|din"
    r"|в|во|на|из)\s+(?:the\s+|la\s+|el\s+|las\s+|los\s+)?|d['’])(?P<name>[^\W\d_]{2,})"
)


def is_barred(question: str, text: str, hint: str = "") -> bool:
    """Whether a sentence speaks of another thing, denies what is asked, or only supposes it.

    >>> is_barred("When was the new wharf closed?", "The old wharf was closed in 1996.")
    True
    >>> is_barred("Who wrote Salt Road?", "Salt Road was not written by Nora Quist.")
    True
    >>> is_barred("What did the tram cost?", "The tram would cost 8 million crowns.")
    True
    """
    lang = language(question) or hint or "en"
    return (
        of_another_thing(question, text, hint)
        or _denies(question, text, lang)
        or _supposes(question, text, lang)
    )


@lru_cache(maxsize=4096)
def of_another_thing(question: str, text: str, hint: str = "") -> bool:
    """Whether a sentence names another year, place or side of what the question names.

    >>> of_another_thing("How long is the east pier?", "The west pier is 95 metres long.")
    True
    >>> of_another_thing("Who won in 2015?", "In 1975 it was won by Ann Orr.")
    True
    """
    lang = language(question) or hint or "en"
    return (
        _other_time(question, text, lang)
        or _other_side(question, text)
        or _other_name(question, text, lang)
    )


def _other_time(question: str, text: str, lang: str) -> bool:
    """Whether a sentence is of another year or month; of "when" the year asked about is no time."""
    if question_kind(question, lang) is QuestionKind.TIME:
        return False
    wanted = [each for each in moments(question) if each.year or each.month]
    said = [each for each in moments(text) if each.year or each.month]
    pairs = [(a, b) for a in wanted for b in said if a.compares_with(b)]
    return bool(pairs) and all(a.differs_from(b) for a, b in pairs)


def _read_pairs() -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    read: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    for line in OPPOSED.strip().splitlines():
        one, other = (tuple(_folded(word) for word in side.split()) for side in line.split("|"))
        read += [(one, other), (other, one)]
    return read


def _folded(word: str) -> str:
    word = word.casefold()
    return f"{plain(word[:-1])}*" if word.endswith("*") else plain(stem(word))


_SIDES = _read_pairs()


@lru_cache(maxsize=4096)
def tells_apart(word: str) -> bool:
    """Whether a stem is one of two opposed words, such as "first", and names nothing itself."""
    return any(_at([plain(word)], one) for one, _ in _SIDES)


def _other_side(question: str, text: str) -> bool:
    """Whether a thing has the opposed word beside it: the old wharf for the new one."""
    sides = _sides_of(question)
    if not sides:
        return False
    said = [plain(stem(word)) for word in tokens(text)]
    for heads, one, other in sides:
        theirs = _at(said, other)
        is_same = any(heads & set(_beside(said, at)) for at in theirs)
        if is_same and not _at(said, one):
            return True
    return False


@lru_cache(maxsize=512)
def _sides_of(
    question: str,
) -> tuple[tuple[frozenset[str], tuple[str, ...], tuple[str, ...]], ...]:
    """The pairs of which a question has one word: what stands beside it, it and the opposed."""
    asked = [plain(stem(word)) for word in tokens(_MEASURE.sub(" ", question))]
    found: list[tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]] = []
    for one, other in _SIDES:
        ours = _at(asked, one)
        if ours and not _at(asked, other):
            heads = frozenset(word for at in ours for word in _beside(asked, at))
            found.append((heads, one, other))
    return tuple(found)


def _beside(words: list[str], at: int) -> list[str]:
    """The words right before and the two after a place, short ones left out."""
    return [
        word for word in (*words[max(0, at - 1) : at], *words[at + 1 : at + 3]) if len(word) > 2
    ]


def _at(words: list[str], side: tuple[str, ...]) -> list[int]:
    """Where a word of one side stands."""
    return [at for at, word in enumerate(words) if any(_is(word, each) for each in side)]


def _is(word: str, each: str) -> bool:
    return word.startswith(each[:-1]) if each.endswith("*") else word == each


_MEASURE = re.compile(
    r"\b(?:how|wie|so|as|qué\s+tan)\s+(?:\w+\s+)?(?:old|large|big|great|alt|gross|groß|small)\b",
    re.IGNORECASE,
)


def lacks_part(question: str, text: str, hint: str = "") -> bool:
    """Whether a text does not name the part that is asked about: the roof of Moss hall.

    >>> lacks_part("What did the roof of Moss hall cost?", "Moss hall cost 610,000 crowns.")
    True
    """
    lang = language(question) or hint or "en"
    said = {plain(stem(word)) for word in tokens(text)}
    told = matters_in(text, lang)
    for match in _named_after(question):
        if not _GENITIVE.search(question[match.start() : match.start("name")]):
            continue
        noun = match["noun"].casefold()
        is_said = any(is_derived_from(plain(stem(noun)), each, lang) for each in said)
        if not is_said and not matters_of(noun, lang) & told:
            return True
    return False


_GENITIVE = re.compile(
    r"\s(?:of|von|des|de|du|d['’]|di|da|del)\s*(?:the\s+|la\s+|el\s+)?$",
    re.IGNORECASE,
)


def elsewhere(question: str, text: str, hint: str = "") -> bool:
    """Whether a text puts at another place what the question puts at one.

    >>> elsewhere("How many barns burnt in Yarrow?", "In Yarrowdale 31 barns burnt.")
    True
    """
    lang = language(question) or hint or "en"
    wanted, said = ([_folded(m["name"]) for m in _placed_in(each)] for each in (question, text))
    if not wanted or not said:
        return False
    words = {plain(stem(word)) for word in tokens(text)}
    asked = {plain(stem(word)) for word in tokens(question)}
    return not any(is_form_of(name, word, lang) for name in wanted for word in words) and not any(
        is_form_of(name, word, lang) for name in said for word in asked
    )


_IN = re.compile(
    r"(?<!\w)(?:in|at|on|à|en|aux?|im|auf|în|la|в|на|από|σε|στο|στη|στην)\s+(?:the\s+)?(?P<name>[^\W\d_]{3,})",
    re.IGNORECASE,
)


def _placed_in(text: str) -> list[re.Match[str]]:
    found = _IN.finditer(text)
    return [m for m in found if m["name"][0].isupper() and not moments(m["name"])]


def _named_after(text: str) -> list[re.Match[str]]:
    """Nouns with a name after "of", "in" and their like."""
    return [match for match in _OF_NAME.finditer(text) if match["name"][0].isupper()]


def _other_name(question: str, text: str, lang: str) -> bool:
    """Whether a thing is said of another name: the mill in Lindorf for the mill in Sarn.

    Or another thing of the same name: Torn wood for Torn park.
    """
    asked = {plain(stem(word)) for word in tokens(question)}
    said = {plain(stem(word)) for word in tokens(text)}
    for wanted in _named_after(question):
        name = plain(stem(wanted["name"].casefold()))
        if any(is_form_of(name, each, lang) for each in said):
            continue
        for found in _named_after(text):
            other = plain(stem(found["name"].casefold()))
            same_noun = is_form_of(
                plain(stem(found["noun"].casefold())), plain(stem(wanted["noun"].casefold())), lang
            )
            if same_noun and not any(is_form_of(other, each, lang) for each in asked):
                return True
    return lang == "en" and _other_thing_of_name(question, text)


_NAME_NOUN = re.compile(r"(?<!^)\b(?P<name>[A-Z][\w'’-]+)\s+(?P<noun>[a-z]{3,})\b")


def _other_thing_of_name(question: str, text: str) -> bool:
    """Whether a name has another noun after it than in the question, which is nowhere said."""
    said = {stem(word) for word in tokens(text)}
    told = matters_in(text, "en")
    wanted = {m["name"]: m["noun"] for m in _NAME_NOUN.finditer(question)}
    for found in _NAME_NOUN.finditer(text):
        noun = wanted.get(found["name"], "")
        other = found["noun"]
        is_noun = bool(noun) and not any(each in STOPWORDS for each in (noun, other))
        if is_noun and not any((matters_of(each, "en") - NOUNS) for each in (noun, other)):
            is_said = any(is_derived_from(stem(noun), each, "en") for each in said)
            if not is_said and not matters_of(noun, "en") & told and not _COMMON_VERB.search(other):
                return True
    return False


_COMMON_VERB = re.compile(r"(?:ed|ing|s|ly)$")


def _denies(question: str, text: str, lang: str) -> bool:
    """Whether the matter asked about stands right beside a negation that the question lacks."""
    if n_negations(question, lang) or _CONTRAST.search(text):
        return False
    if _DOUBTED.search(text):
        return True
    plainer = _MILD.sub(" ", text)
    marks = [m.span() for m in _WORD.finditer(plainer) if n_negations(m.group(), lang)]
    marks += [m.span() for m in _NOT_DONE.finditer(plainer)]
    return _beside_matter(question, plainer, marks, lang)


def _supposes(question: str, text: str, lang: str) -> bool:
    """Whether a sentence tells what would be, or is to be, to a question about what is or was."""
    if _SUPPOSES.search(question):
        return False
    marks = [m.span() for m in _IF.finditer(text)]
    if _PAST.search(question):
        marks += [m.span() for m in _TO_COME.finditer(text)]
    return _beside_matter(question, text, marks, lang)


def _beside_matter(question: str, text: str, marks: Sequence[tuple[int, int]], lang: str) -> bool:
    """Whether one of some marks stands near a word of a matter asked about, in one clause."""
    if not marks:
        return False
    wanted = asked_of(question, lang).wanted
    words = [match for match in _WORD.finditer(text) if _is_matter(match.group(), wanted, lang)]
    for start, end in marks:
        for word in words:
            if start <= word.start() < end or word.start() <= start < word.end():
                return True
            between = text[min(end, word.end()) : max(start, word.start())]
            if not _CLAUSE.search(between) and len(between.split()) < _NEAR:
                return True
    return False


def _is_matter(word: str, wanted: dict[str, frozenset[str]], lang: str) -> bool:
    """Whether a word speaks of a matter that the question names, and not only of a thing in it."""
    folded = word.casefold()
    own = matters_of(folded, lang) - NOUNS
    return any(
        own & matters or (matters - NOUNS and stem(folded) == each)
        for each, matters in wanted.items()
    )
