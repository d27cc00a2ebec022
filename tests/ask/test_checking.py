import numpy as np
import pytest

from stoa.ask.checking import Checker
from stoa.ask.model_draft import DraftSentence
from stoa.ask.showing import spans_of
from stoa.ask_records import Source, SourceKind, Tier, Verdict
from stoa.errors import Unreachable

RECORD = Source(
    "document:r#1", SourceKind.DOCUMENT, "The mill of Lunby opened in May 1911.", Tier.RECORD
)
CLAIM = DraftSentence("In May 1911 the mill of Lunby opened.", spans_of(RECORD))


class Scorer:
    name = "a plug-in"

    def __init__(self, support=0.0, contradiction=0.0, error=None, shape=None):
        self.row = (support, contradiction)
        self.error, self.shape = error, shape

    def score(self, claims, evidence):
        if self.error:
            raise self.error
        return np.zeros(self.shape) if self.shape else np.array([self.row] * len(claims))


def verdict(scorer) -> Verdict:
    checked = Checker({RECORD.id: RECORD}, None, scorer).check([CLAIM])
    return checked[0].claims[0].verdict


def test_only_a_plug_in_says_supported_or_refuted():
    assert verdict(None) is Verdict.NOT_FOUND
    assert verdict(Scorer(0.95, 0.02)) is Verdict.SUPPORTED
    assert verdict(Scorer(0.05, 0.9)) is Verdict.REFUTED
    assert verdict(Scorer(0.5, 0.1)) is Verdict.NOT_FOUND


@pytest.mark.parametrize(
    "scorer",
    [
        Scorer(error=Unreachable("gone")),
        Scorer(error=ValueError("broken")),
        Scorer(shape=(7, 3)),
        Scorer(float("nan"), 0.0),
    ],
)
def test_a_plug_in_that_fails_says_nothing(scorer):
    assert verdict(scorer) is Verdict.NOT_FOUND


def test_a_plug_in_cannot_overrule_a_hard_check():
    wrong = DraftSentence("In May 1912 the mill of Lunby opened.", CLAIM.cites)
    checked = Checker({RECORD.id: RECORD}, None, Scorer(1.0, 0.0)).check([wrong])
    assert checked[0].claims[0].verdict is Verdict.NOT_FOUND
