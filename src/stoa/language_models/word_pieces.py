"""WordPiece for BERT's uncased vocabularies (Devlin et al. 2019): text to ids, nothing else.

It gives what the tokenizer file of an uncased model gives: control characters dropped, accents
taken off, lower case, CJK characters and punctuation standing alone, then the longest piece
first. A word of more than 100 characters, or with a part that no piece covers, is unknown.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

from stoa.errors import BadModel

_LONGEST_WORD = 100
_KEPT_WORDS = 200_000
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
_DROPPED = ("Cc", "Cf", "Co", "Cs")  # not Cn: a character newer than a table is kept
_CJK = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip


class WordPieces:
    """A vocabulary and the way it cuts texts.

    >>> names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "un", "##aff", "##able", "!"]
    >>> WordPieces(names).ids("Unaffable!")
    [4, 5, 6, 7]
    """

    def __init__(self, names: Sequence[str]) -> None:
        """Takes the pieces in the order of their ids.

        Raises:
            BadModel: a special piece is missing, or a name stands twice.
        """
        self._id = {name: place for place, name in enumerate(names)}
        missing = [name for name in _SPECIAL if name not in self._id]
        if missing or len(self._id) != len(names):
            raise BadModel("vocab.txt", missing or "names that stand twice", "give BERT's own file")
        self.n_pieces = len(names)
        self.pad, self._unknown, self.start, self.separator = (self._id[n] for n in _SPECIAL)
        self._words: dict[str, tuple[int, ...]] = {}

    @classmethod
    def from_file(cls, path: Path) -> WordPieces:
        """From a `vocab.txt`: one piece a line.

        Raises:
            BadModel: the file does not read.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as wrong:
            mend = f"give a folder with a readable one: {wrong}"
            raise BadModel("vocab.txt", str(path), mend) from wrong
        return cls(text.removesuffix("\n").split("\n"))

    def ids(self, text: str) -> list[int]:
        """Ids of a text's pieces, without `[CLS]` and `[SEP]`."""
        found: list[int] = []
        for word in words(text):
            pieces = self._words.get(word)
            if pieces is None:
                pieces = self._cut(word)
                if len(self._words) < _KEPT_WORDS:
                    self._words[word] = pieces
            found += pieces
        return found

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > _LONGEST_WORD:
            return (self._unknown,)
        found: list[int] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            for end in range(len(word), start, -1):
                piece = self._id.get(mark + word[start:end])
                if piece is not None:
                    found.append(piece)
                    start = end
                    break
            else:
                return (self._unknown,)
        return tuple(found)


def words(text: str) -> list[str]:
    """Words and punctuation in BERT's uncased form.

    >>> words("Çà va,  DÉJÀ-vu 東京?")
    ['ca', 'va', ',', 'deja', '-', 'vu', '東', '京', '?']
    """
    found: list[str] = []
    for word in _normal(text).split():
        if word.isalnum():
            found.append(word)
            continue
        start = 0
        for place, character in enumerate(word):
            if _is_punctuation(character):
                if start < place:
                    found.append(word[start:place])
                found.append(character)
                start = place + 1
        if start < len(word):
            found.append(word[start:])
    return found


def _normal(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text.lower()
    kept = "".join(_cleaned(character) for character in text)
    plain = "".join(
        c for c in unicodedata.normalize("NFD", kept) if unicodedata.category(c) != "Mn"
    )
    # One character at a time: BERT's tokenizer knows no final sigma.
    return "".join(character.lower() for character in plain)


def _cleaned(character: str) -> str:
    if character in "\t\n\r" or character.isspace():
        # Other separators of lines are control characters, which go before spaces are seen.
        return "" if unicodedata.category(character) == "Cc" and character not in "\t\n\r" else " "
    if character == "\ufffd" or unicodedata.category(character) in _DROPPED:
        return ""
    code = ord(character)
    if code >= 0x3400 and any(low <= code <= high for low, high in _CJK):
        return f" {character} "
    return character


def _is_punctuation(character: str) -> bool:
    if character.isascii():
        return not character.isalnum()  # spaces and control characters are gone by now
    return unicodedata.category(character).startswith("P")
