import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stoa.grounding.letter_runs import shared_runs

TEXTS = st.lists(st.text("abc dé.", min_size=1, max_size=25), min_size=1, max_size=4).map(tuple)


def test_endings_do_not_hide_a_stem():
    held = shared_runs("Bibelübersetzung", [("Er übersetzte die Bibel.", "Es regnet.")], 4, "de")
    assert held[:, 0].mean() > 0.5
    assert not held[:, 1].any()


@given(st.text("abc dé.", max_size=25), st.lists(TEXTS, min_size=1, max_size=3))
def test_runs_are_those_that_a_plain_search_finds(question, sources):
    held = shared_runs(question, sources, 4, "en")
    assert held.shape[1] == sum(len(each) for each in sources)
    column = 0
    for sentences in sources:
        for sentence in sentences:
            wanted = _runs(question) & _runs(sentence)
            assert held[:, column].sum() == len(wanted)
            column += 1


def _runs(text: str) -> set[str]:
    plain = "".join(c if c.isalnum() else " " for c in text.replace("é", "e"))
    plain = f" {' '.join(plain.split())} "
    return {plain[at : at + 4] for at in range(len(plain) - 3)}


def test_no_run_crosses_sentences():
    assert not shared_runs("abcdef", [("abc", "def")], 4, "en")[:, :].any() or np.all(
        shared_runs("abcdef", [("abc", "def")], 6, "en") == 0
    )
