"""Who is named decides nothing: names swapped in claim and evidence give the same judgement."""

from __future__ import annotations

import re

import numpy as np
import pytest

from stoa.app.verifying import shipped_verifier

PEOPLE = (
    "Elon Musk", "Jane Goodall", "Narendra Modi", "Greta Thunberg", "Mark Zuckerberg", "Li Wei",
    "Angela Merkel", "Steve Jobs", "Taylor Swift", "Bill Gates", "Ursula Stein", "Grace Hopper",
)  # fmt: skip
FIRMS = ("Tesla", "Meta", "Apple", "Siemens", "Nestle", "Oracle", "Samsung", "Shell")
CLAIMS = (
    "{a} founded {f} in 2003.",
    "{a} said that {f} lost 40 % of its users.",
    "{b} sold {f} to {a} for $2 million.",
    "{f} was fined after {a} complained.",
    "{a} did not meet {b} before the vote.",
    "{a} is the richest person who ever worked at {f}.",
)
EVIDENCE = (
    "{a} founded the company {f} together with {b} in 2003. Two years later it had 500 workers.",
    "{f} lost 14 % of its users, as {b} told reporters. {a} did not answer questions.",
    "In May, {a} sold {f} to {b}. The price was $2 million.",
    "No fine was ever paid by {f}, but {a} had complained twice. {b}'s letter is public.",
    "{a} and {b} met before the vote, according to {f}.",
)


def swapped(text, pairs):
    """Each name for its partner at once."""
    partner = {**dict(pairs), **{other: one for one, other in pairs}}
    pattern = re.compile("|".join(map(re.escape, partner)))
    return pattern.sub(lambda found: partner[found.group()], text)


def made_pairs(n_pairs):
    rng = np.random.default_rng(3)
    for _ in range(n_pairs):
        a, b, c, d = rng.choice(PEOPLE, size=4, replace=False)
        f, g = rng.choice(FIRMS, size=2, replace=False)
        names = {"a": str(a), "b": str(b), "f": str(f)}
        claim = str(rng.choice(CLAIMS)).format(**names)
        said = str(rng.choice(EVIDENCE)).format(**names)
        yield claim, said, ((str(a), str(c)), (str(b), str(d)), (str(f), str(g)))


def test_names_swapped_in_both_change_nothing():
    verifier, pairs = shipped_verifier(), list(made_pairs(200))
    before = verifier.judge([c for c, _, _ in pairs], [[e] for _, e, _ in pairs])
    after = verifier.judge(
        [swapped(claim, names) for claim, _, names in pairs],
        [[swapped(said, names)] for _, said, names in pairs],
    )
    for one, other in zip(before, after, strict=True):
        assert one.probability == pytest.approx(other.probability, abs=1e-9)
        assert one.contradiction == pytest.approx(other.contradiction, abs=1e-9)
        assert one.verdict is other.verdict
    assert len({one.probability for one in before}) > 20  # the pairs differ, so this can fail


def test_the_same_holds_for_made_up_names_of_the_same_shape():
    verifier = shipped_verifier()
    claim, said = "{0} founded {1}.", "{0}, who founded {1}, left it to Mr {2}."
    judged = {
        verifier.judge([claim.format(*names)], [[said.format(*names)]])[0].probability
        for names in (("Ada Bell", "Zorg", "Lim"), ("Xu Lovett", "Friends", "Goods"))
    }
    assert len(judged) == 1


def test_a_name_that_is_missing_does_matter():
    verifier = shipped_verifier()
    said = "Jane Goodall founded the company Tesla in 2003."
    right, wrong = (
        verifier.judge([f"{name} founded the company Tesla in 2003."], [[said]])[0].probability
        for name in ("Jane Goodall", "Elon Musk")
    )
    assert wrong < right
