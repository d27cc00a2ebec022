"""The units by which a question and a text are compared, in any script.

Words where a language writes them apart, folded so that case and accents do not part them;
overlapping pieces of two characters in Chinese and Japanese and of four in Thai and its
neighbours, which write no spaces. A unit remembers whether it is a number, a word that begins with
a capital, or a word that says little.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from stoa.grounding.language_words import WORDS
from stoa.grounding.languages import language
from stoa.grounding.question_kinds import is_question_word, single_question_words
from stoa.grounding.sentences import sentences

_WIDE = "\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff"
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_MARKS = "\u0300-\u036f\u064b-\u0655\u0670\u0900-\u0903\u093a-\u0963\u0980-\u0983\u09bc-\u09cd"
_UNIT = re.compile(
    rf"(?P<number>\d+(?:[.,٫٬:/]\d+)*%?)"
    rf"|(?P<wide>[{_WIDE}]+)"
    rf"|(?P<unspaced>[{_UNSPACED}]+)"
    rf"|(?P<word>(?:[^\W\d_{_WIDE}{_UNSPACED}][{_MARKS}\u200c\u200d]*)+)"
)
_LITTLE = re.compile("[的了是在和与被]")  # Chinese particles that join words
_N_OF_WIDE, _N_OF_UNSPACED = 2, 4
_AFTER_APOSTROPHE = 4  # letters: 's, 'nin, l' are endings and articles, not words
_APOSTROPHES = "'’ʼ`´"
_ARABIC = str.maketrans("أإآىةؤئ", "ااايهوي", "ـ")
_DROPPED = re.compile("[\u0300-\u036f\u064b-\u0655\u0670\u093c\u200c\u200d\u00ad]")
_TONES = frozenset({"vi"})  # where a mark makes another word


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """A text as units in reading order; arrays are aligned with `words`."""

    words: tuple[str, ...]  # folded
    sentence: NDArray[np.int32]  # which sentence each unit stands in
    is_number: NDArray[np.bool_]
    is_name: NDArray[np.bool_]  # begins with a capital inside a sentence
    is_common: NDArray[np.bool_]  # a function word
    spans: tuple[tuple[int, int], ...]  # of the sentences, in bytes
    texts: tuple[str, ...]  # of the sentences
    lang: str


@lru_cache(maxsize=4_096)
def units_of(text: str, lang: str = "") -> Units:
    """The units of a text, sentence by sentence.

    >>> units_of("Luther’s essay: 95 theses.", "en").words
    ('luther', 'essay', '95', 'theses')
    """
    code = lang or language(text)
    spans = sentences(text, code)
    whole = text.encode(errors="surrogatepass")
    found = _Collected()
    texts: list[str] = []
    for place, (start, end) in enumerate(spans):
        sentence = whole[start:end].decode(errors="replace")
        texts.append(sentence)
        found.add(sentence, place, code)
    return found.as_units(tuple(spans), tuple(texts), code)


def asked_units(question: str, lang: str) -> Units:
    """The units of a question without the words that only ask."""
    units = units_of(_without_question_phrases(question, lang), lang)
    asking = _folded_question_words(lang)
    kept = [word not in asking for word in units.words]
    keep = np.array(kept, dtype=np.bool_)
    return replace(
        units,
        words=tuple(word for word, is_kept in zip(units.words, kept, strict=True) if is_kept),
        sentence=units.sentence[keep],
        is_number=units.is_number[keep],
        is_name=units.is_name[keep],
        is_common=units.is_common[keep],
    )


@lru_cache(maxsize=64)
def _folded_question_words(lang: str) -> frozenset[str]:
    return frozenset(_stem(folded(word, lang), lang) for word in single_question_words(lang))


def told_apart(question: str, lang: str) -> str:
    """A question without the words that only ask, as plain text."""
    words = _without_question_phrases(question, lang).split()
    return " ".join(each for each in words if not is_question_word(_bare(each), lang))


def _bare(word: str) -> str:
    return word.lower().strip("¿?¡!,.;:\"'«»“”()")


def folded(word: str, lang: str = "") -> str:
    """A word as it is compared: composed, small, without accents where they only inflect."""
    plain = unicodedata.normalize("NFKC", word).replace("İ", "i").casefold()
    if plain.isascii():
        return plain
    if lang not in _TONES:
        plain = unicodedata.normalize("NFKD", plain)
    plain = _DROPPED.sub("", plain).translate(_ARABIC)
    return unicodedata.normalize("NFC", plain).replace("\u0901", "\u0902")


def _stem(word: str, lang: str) -> str:
    """An Arabic word without article, joined particles and endings; others as they are.

    The light stemming of Larkey, Ballesteros and Connell (2007), less what folding has done.
    """
    if lang != "ar":
        return word
    bare = _ARABIC_BEGINNING.sub("", word)
    return _ARABIC_ENDING.sub("", bare)


_ARABIC_BEGINNING = re.compile(r"^(?:[وف]?(?:ال|[بك]ال|لل)(?=..)|[وفبلكس](?=....))")
_ARABIC_ENDING = re.compile(r"(?<=...)(?:ها|ان|ات|ون|ين|يه|هم|[هيا])$")

_UNSPACED_QUESTION_WORDS = {
    "th": re.compile(
        "เมื่อไหร่|เมื่อไร|เมื่อใด|เท่าไหร่|เท่าไร|เท่าใด|อย่างไร|อะไรบ้าง|อะไร|ที่ไหน|ที่ใด|ใคร|ทำไม|หรือไม่|กี่|ไหน|ใด"
    ),
    "zh": re.compile(
        "什么时候|为什么|什么|哪一年|哪一|哪些|哪个|哪里|哪位|哪年|哪种|哪|谁|多少|几|"
        "何时|如何|怎么|怎样|是否|吗|呢"
    ),
    "ja": re.compile(
        "どのくらい|どのように|どこ|どの|どれ|だれ|なぜ|いつ|いくつ|いくら|何|誰|ですか|ますか"
    ),
}


def _without_question_phrases(question: str, lang: str) -> str:
    pattern = _UNSPACED_QUESTION_WORDS.get(lang)
    return pattern.sub(" ", question) if pattern is not None else question


class _Collected:
    """Units as they are found."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.sentence: list[int] = []
        self.is_number: list[bool] = []
        self.is_name: list[bool] = []
        self.is_common: list[bool] = []

    def add(self, sentence: str, place: int, lang: str) -> None:
        is_first = True
        for found in _UNIT.finditer(sentence):
            text, kind = found.group(), found.lastgroup
            if kind == "wide":
                for run in _LITTLE.split(folded(text)):
                    self._add_pieces(run, place, _N_OF_WIDE)
            elif kind == "unspaced":
                self._add_pieces(folded(text), place, _N_OF_UNSPACED)
            elif kind == "number":
                self._put(_number(text), place, number=True)
            elif not _is_ending(sentence, found):
                word = _stem(folded(text, lang), lang)
                name = text[:1].isupper() and not is_first
                common = lang in WORDS.get(text.lower(), ()) or (len(word) == 1 and not name)
                self._put(word, place, name=name, common=common)
            is_first = False

    def _add_pieces(self, run: str, place: int, n: int) -> None:
        if not run:
            return
        for at in range(max(1, len(run) - n + 1)):
            self._put(run[at : at + n], place)

    def _put(
        self, word: str, place: int, number: bool = False, name: bool = False, common: bool = False
    ) -> None:
        self.words.append(word)
        self.sentence.append(place)
        self.is_number.append(number)
        self.is_name.append(name)
        self.is_common.append(common)

    def as_units(
        self, spans: tuple[tuple[int, int], ...], texts: tuple[str, ...], lang: str
    ) -> Units:
        return Units(
            words=tuple(self.words),
            sentence=np.array(self.sentence, dtype=np.int32),
            is_number=np.array(self.is_number, dtype=np.bool_),
            is_name=np.array(self.is_name, dtype=np.bool_),
            is_common=np.array(self.is_common, dtype=np.bool_),
            spans=spans,
            texts=texts,
            lang=lang,
        )


def _number(text: str) -> str:
    """Digits of any script as ASCII, separators of thousands and fractions as one point."""
    plain = "".join(
        str(unicodedata.digit(each)) if each.isdecimal() else each for each in text.rstrip("%")
    )
    return re.sub(r"(?<=\d)[.,٬](?=\d{3}(?!\d))", "", plain).replace(",", ".").replace("٫", ".")


def _is_ending(sentence: str, found: re.Match[str]) -> bool:
    """Whether it is what an apostrophe cuts off: Luther's, NFL'nin, l'année."""
    length = found.end() - found.start()
    before = sentence[found.start() - 1 : found.start()]
    after = sentence[found.end() : found.end() + 1]
    is_tail = before != "" and before in _APOSTROPHES and length <= _AFTER_APOSTROPHE
    return (is_tail and sentence[found.start() - 2 : found.start() - 1].isalnum()) or (
        after != "" and after in _APOSTROPHES and length <= 2
    )
