import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.errors import BadModel
from stoa.language_models.word_pieces import WordPieces, words

NAMES = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "un", "##aff", "##able", "##a", "a", "b", "##b", "the",
    "!", ",", "-", "'", "東", "京", "cafe", "##s", "1", "##9", "##99", "19", "σ", "##σ", "ο", "##ο",
]  # fmt: skip
VOCABULARY = WordPieces(NAMES)


def cut(text):
    return [NAMES[each] for each in VOCABULARY.ids(text)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Unaffable!", ["un", "##aff", "##able", "!"]),
        ("the the", ["the", "the"]),
        ("CAFÉ cafe\u0301s", ["cafe", "cafe", "##s"]),
        ("東京", ["東", "京"]),
        ("a東b", ["a", "東", "b"]),
        ("1999", ["19", "##99"]),
        ("a-b,b", ["a", "-", "b", ",", "b"]),
        ("a\u200bb", ["a", "##b"]),  # a format character goes, the word stays one
        ("a\u00a0b\tb\u2028a", ["a", "b", "b", "a"]),
        ("a\x00\ufffdb", ["a", "##b"]),
        ("the\x07", ["the"]),
        ("axb", ["[UNK]"]),  # one part without a piece makes the whole word unknown
        ("ΟΣ", ["ο", "##σ"]),  # no final sigma
        ("", []),
        ("  \n ", []),
        ("a" * 101, ["[UNK]"]),
        ("a" + "b" * 99, ["a"] + ["##b"] * 99),
        ("‘a’", ["[UNK]", "a", "[UNK]"]),
    ],
)
def test_pieces_are_berts(text, pieces):
    assert cut(text) == pieces


@given(st.text("ab!, -é東\n\u0301", max_size=40))
def test_known_letters_come_back_in_order(text):
    joined = "".join(piece.removeprefix("##") for piece in cut(text) if piece != "[UNK]")
    assert joined in "".join(words(text)) or "[UNK]" in cut(text)


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_space_cuts_texts_in_two(one, other):
    assert VOCABULARY.ids(f"{one} {other}") == VOCABULARY.ids(one) + VOCABULARY.ids(other)


@given(st.text(max_size=60))
def test_case_and_form_of_accents_do_not_matter(text):
    assert words(" ".join(words(text))) == words(text)


@pytest.mark.parametrize("names", [[], ["[PAD]", "[UNK]", "[CLS]"], [*NAMES, "a"]])
def test_a_vocabulary_of_another_kind_is_refused(names):
    with pytest.raises(BadModel):
        WordPieces(names)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BadModel, match=r"vocab\.txt"):
        WordPieces.from_file(tmp_path / "vocab.txt")
