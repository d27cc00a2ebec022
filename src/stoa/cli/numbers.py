"""Numbers that many commands take, with their limits."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

Seed = Annotated[int, Parameter(validator=Number(gte=0, lt=2**32))]
"""What chance begins with; NumPy and JAX take the same range."""

Count = Annotated[int, Parameter(validator=Number(gte=1, lte=1_000_000))]
"""How many of something; none would leave nothing to measure."""
