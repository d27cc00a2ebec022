"""The bridging model by itself, for any table of who rated what: fit, look, predict.

In the manner of scikit-learn: settings at construction, `fit` and `predict`, and what was learned
in attributes that end in an underscore. Ids may be numbers or text; values are best in 0..1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stoa.bridging.descent import Effort
from stoa.bridging.factorisation import fit
from stoa.bridging.layout import Layout
from stoa.bridging.scorers import Penalties
from stoa.errors import BadInput

Ids = NDArray[Any]
Parameters = NDArray[np.float32]


@dataclass(eq=False)
class BridgingModel:
    """Explains ratings by who rates (an intercept, factors) and what is rated (likewise).

    prediction(u, n) = mu + i_u + i_n + f_u . f_n. A note bridges when its intercept is high: the
    factors have taken what like-minded raters agree on.

    >>> X = [("n1", "ann"), ("n1", "bob"), ("n2", "ann"), ("n2", "bob")]
    >>> model = BridgingModel().fit(X, [1, 1, 1, 0])
    >>> dict(zip(model.note_ids_.tolist(), (model.note_intercept_ > 0.05).tolist(), strict=True))
    {'n1': True, 'n2': False}
    """

    n_factors: int = 1
    penalties: Penalties = field(default_factory=Penalties)
    effort: Effort = field(default_factory=Effort)

    # What `fit` learns. Ids are sorted; parameters are row by row with them.
    mu_: float = field(init=False, repr=False)
    note_ids_: Ids = field(init=False, repr=False)
    rater_ids_: Ids = field(init=False, repr=False)
    note_intercept_: Parameters = field(init=False, repr=False)  # (n_notes,)
    note_factor_: Parameters = field(init=False, repr=False)  # (n_notes, n_factors)
    rater_intercept_: Parameters = field(init=False, repr=False)  # (n_raters,)
    rater_factor_: Parameters = field(init=False, repr=False)  # (n_raters, n_factors)
    loss_: float = field(init=False, repr=False)
    n_iter_: int = field(init=False, repr=False)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The settings by name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.init}

    def set_params(self, **params: Any) -> Self:
        """Changes settings by name."""
        for name, value in params.items():
            if name not in self.get_params():
                raise BadInput("params", name, f"name one of {sorted(self.get_params())}")
            setattr(self, name, value)
        return self

    def fit(
        self,
        X: ArrayLike | Mapping[str, ArrayLike],
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Learns from ratings in any order.

        Args:
            X: pairs (note, rater), one a rating; or a table with columns note, rater and value.
            y: what each rater said; None: the table's column `value`.
            sample_weight: how much each rating counts.
        """
        note, rater = pairs(X)
        if y is None and not is_table(X):
            raise BadInput("y", y, "give the ratings, or a table with a column `value`")
        table: Any = X
        value = np.asarray(table["value"] if y is None else y, dtype=np.float64)
        if value.shape != note.shape or not np.isfinite(value).all():
            raise BadInput("y", value.shape, f"give {len(note)} finite numbers, one a rating")
        self.note_ids_, note = np.unique(note, return_inverse=True)
        self.rater_ids_, rater = np.unique(rater, return_inverse=True)
        weight = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        layout = Layout.of(note, rater, value, weight=weight)
        made = fit(layout, self.penalties, n_factors=self.n_factors, effort=self.effort)
        self.mu_ = made.mu
        self.note_intercept_ = made.note_intercept
        self.note_factor_ = made.note_factor.reshape(layout.n_notes, self.n_factors)
        self.rater_intercept_ = made.rater_intercept
        self.rater_factor_ = made.rater_factor.reshape(layout.n_raters, self.n_factors)
        self.loss_, self.n_iter_ = made.loss, made.n_iterations
        return self

    def predict(self, X: ArrayLike | Mapping[str, ArrayLike]) -> NDArray[np.float32]:
        """What each rater would say of each note; strangers count as average."""
        note, rater = pairs(X)
        n, n_known = places(self.note_ids_, note)
        u, u_known = places(self.rater_ids_, rater)
        agreement = (self.note_factor_[n] * self.rater_factor_[u]).sum(axis=1)
        return (
            np.float32(self.mu_)
            + self.note_intercept_[n] * n_known
            + self.rater_intercept_[u] * u_known
            + agreement * (n_known & u_known)
        )


def is_table(X: object) -> bool:
    """Whether X has columns by name: a mapping, a data frame, an Arrow table."""
    return hasattr(X, "keys") or hasattr(X, "column_names")


def pairs(X: ArrayLike | Mapping[str, ArrayLike]) -> tuple[Ids, Ids]:
    """The note and the rater of each rating, from pairs or from the columns of a table."""
    if is_table(X):
        table: Any = X
        return np.asarray(table["note"]), np.asarray(table["rater"])
    both = np.asarray(X)
    if both.ndim != 2 or both.shape[1] != 2 or len(both) == 0:
        raise BadInput("X", both.shape, "give at least one pair (note, rater)")
    return both[:, 0], both[:, 1]


def places(known: Ids, ids: Ids) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where each id stands among the known, and whether it is one of them."""
    place = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return place, known[place] == ids
