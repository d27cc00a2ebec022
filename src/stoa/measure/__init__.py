"""How good, how sure, how well calibrated: small pure functions over arrays."""

from stoa.measure.binary import auroc, log_loss
from stoa.measure.calibration import (
    CalibrationBin,
    calibration_by_decile,
    expected_calibration_error,
)
from stoa.measure.intervals import Interval, bootstrap_interval, mean_interval
from stoa.measure.retrieval import ndcg_at_k, recall_at_k

__all__ = [
    "CalibrationBin",
    "Interval",
    "auroc",
    "bootstrap_interval",
    "calibration_by_decile",
    "expected_calibration_error",
    "log_loss",
    "mean_interval",
    "ndcg_at_k",
    "recall_at_k",
]
