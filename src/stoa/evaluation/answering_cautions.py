"""Where .5 and .8 lie among an answer's log-odds, for each language and for unknown ones.

Each language's two marks are set by what is promised of it, on articles that the log-odds are held
out of, and then drawn towards those of all languages by how unsure a few articles leave them
(random effects; the spread between languages by the method of moments of DerSimonian and Laird
1986, from bootstraps over articles).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.answering_rows import Rows
from stoa.grounding.answer_confidence import Caution, Cautions, most_confidence

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_DRAWS = 60
_DRAW_SEED = 5
_LEAST_APART = 0.2  # log-odds between the marks
_LOGIT_OF_SURE = float(np.log(0.8 / 0.2))
_BARRED = -1e3  # log-odds of what the guard for names holds down whatever the model says


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """What .5 and .8 are to keep, and by how much it varies from one set of articles to the next.

    At .5 two promises pull apart; each language's mark keeps both by the same margin, counted in
    how much each varies over 24 articles.
    """

    recognised: float = 0.95  # of unanswerable questions: under .5
    recognised_varies: float = 0.014
    most_recognised: float = 0.975  # more is not asked of easy languages
    right: float = 0.62  # of answerable questions: .5 or more, and right
    right_of: Mapping[str, float] = field(default_factory=lambda: {"en": 0.75})
    right_varies: float = 0.033
    sure: float = 0.38  # of answerable questions at .8; what is promised is .30
    sure_wrong: float = 0.003  # of questions wrong at .8, where more than `sure` can be had for it


def cautions_of(logits: Floats, rows: Rows, uses: Bools, promises: Promises) -> Cautions:
    """What keeps the promises on the rows marked, whose log-odds are held out.

    Args:
        logits: of every row.
        rows: what is known of the answers.
        uses: rows to set the marks by, of one language at least.
        promises: to keep.
    """
    languages = sorted(set(rows.lang[uses].tolist()))
    most = [
        most_confidence(features, str(lang))
        for features, lang in zip(rows.features[uses], rows.lang[uses], strict=True)
    ]
    told = _Told(
        logits[uses],
        rows.is_answerable[uses],
        rows.is_right[uses],
        np.array(most, dtype=np.float64),
    )
    article = rows.article[uses]
    parts = [np.flatnonzero(rows.lang[uses] == lang) for lang in languages]
    articles = np.unique(article)
    chance = np.random.default_rng(_DRAW_SEED)
    weights = [np.ones(int(articles.max()) + 1)] + [
        np.bincount(chance.choice(articles, len(articles)), minlength=int(articles.max()) + 1)
        for _ in range(_DRAWS)
    ]
    marks = np.array(
        [
            [
                told.marks(part, weight[article[part]].astype(np.float64), lang, promises)
                for lang, part in zip(languages, parts, strict=True)
            ]
            for weight in weights
        ]
    )
    drawn = shrunk(marks)
    spread = drawn.std(axis=0)
    return Cautions(
        _caution(drawn.mean(axis=0) + spread),
        {lang: _caution(mark) for lang, mark in zip(languages, drawn, strict=True)},
    )


def shrunk(marks: Floats) -> Floats:
    """(languages, marks) drawn towards their mean by how unsure each is.

    Args:
        marks: (1 + draws, languages, marks), the first as measured, the others of bootstraps.
    """
    middle = marks.mean(axis=1, keepdims=True)
    apart = marks - middle
    unsure = apart[1:].var(axis=0)
    between = np.maximum((apart[0] ** 2).mean(axis=0) - unsure.mean(axis=0), 0.0)
    kept = between / np.maximum(between + unsure, 1e-12)
    return np.asarray(middle[0] + kept * apart[0], dtype=np.float64)


def _caution(marks: Floats) -> Caution:
    half, sure = (float(each) for each in marks)
    return Caution(half, _LOGIT_OF_SURE / max(sure - half, _LEAST_APART))


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """Rows as the marks are set by them."""

    logits: Floats
    is_answerable: Bools
    is_right: Bools
    most: Floats  # that the guard lets an answer be sure

    def marks(
        self, part: NDArray[np.int64], weight: Floats, lang: str, promises: Promises
    ) -> tuple[float, float]:
        """Log-odds at .5 and at .8 of the rows in `part`, each counted by its weight."""
        can, right, most = self.is_answerable[part], self.is_right[part], self.most[part]
        n_can, n_not = max((weight * can).sum(), 1e-9), max((weight * ~can).sum(), 1e-9)
        known = np.where(most < 0.5, _BARRED, self.logits[part])
        order = np.argsort(-known, kind="stable")
        passed = np.cumsum((weight * ~can)[order]) / n_not
        answered = np.cumsum((weight * (can & right))[order]) / n_can
        wanted = promises.right_of.get(lang, promises.right)
        margin = (1 - passed - promises.recognised) / promises.recognised_varies
        margin_right = (answered - wanted) / promises.right_varies
        is_enough = (margin_right >= margin) & (passed >= 1 - promises.most_recognised)
        half = _between(known[order], is_enough)
        known = np.where(most < 0.8, _BARRED, self.logits[part])
        order = np.argsort(-known, kind="stable")
        wrong = np.cumsum((weight * ~right)[order]) / max(weight.sum(), 1e-9)
        sure = np.cumsum((weight * can)[order]) / n_can
        is_enough = (sure >= promises.sure) & (wrong >= promises.sure_wrong)
        return half, max(_between(known[order], is_enough), half)


def _between(ordered: Floats, is_enough: Bools) -> float:
    """The middle between the first value from which on there is enough and the next lower one."""
    found = np.flatnonzero(is_enough)
    at = int(found[0]) if len(found) else len(ordered) - 1
    lower = ordered[at + 1 :][ordered[at + 1 :] < ordered[at]]
    return float((ordered[at] + lower[0]) / 2) if len(lower) else float(ordered[at]) - 1e-6
