"""Calibration rows as JSON, the form that `stoa evaluate report` draws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from stoa.measure.calibration import CalibrationRow


def calibration_figures(rows: Sequence[CalibrationRow]) -> list[dict[str, Any]]:
    """One object a row, `null` where a figure is not known; a study prints it as `calibration`."""
    return [_known(asdict(row)) for row in rows]


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _known(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_known(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
