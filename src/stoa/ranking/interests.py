"""Which of a viewer's meetings are interests: posts that others may resemble."""

from __future__ import annotations

from typing import Any

import numpy as np

from stoa.ranking.ranker_inputs import log_seconds
from stoa.records import POSITIVE_EVENTS

_LIKED = np.uint32(sum(1 << int(kind) for kind in POSITIVE_EVENTS))
LONG_LOOK_S = 5.0
_LONG_LOOK = float(log_seconds(np.array([LONG_LOOK_S]))[0])


def is_interest(acts: Any, looked: Any, real: Any) -> Any:
    """A glad act, or a look of five seconds; arrays of NumPy or JAX, of one shape.

    Args:
        acts: bits 1 << EventKind.
        looked: `ranker_inputs.log_seconds` of attention.
        real: False where padded.
    """
    return real & (((acts & _LIKED) != 0) | (looked > _LONG_LOOK))
