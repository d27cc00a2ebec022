"""How good, how sure, how well calibrated: small pure functions over arrays."""

from stoa.measure.binary import auroc, log_loss
from stoa.measure.calibration import (
    CalibrationBin,
    CalibrationConfig,
    CalibrationRow,
    calibration_by_decile,
    calibration_table,
    expected_calibration_error,
)
from stoa.measure.intervals import (
    Interval,
    bootstrap_interval,
    difference_interval,
    mean_interval,
)
from stoa.measure.off_policy import (
    BanditLog,
    OffPolicyConfig,
    OffPolicyResult,
    PredictedReward,
    effective_n,
    estimate_off_policy,
)
from stoa.measure.retrieval import ndcg_at_k, recall_at_k

__all__ = [
    "BanditLog",
    "CalibrationBin",
    "CalibrationConfig",
    "CalibrationRow",
    "Interval",
    "OffPolicyConfig",
    "OffPolicyResult",
    "PredictedReward",
    "auroc",
    "bootstrap_interval",
    "calibration_by_decile",
    "calibration_table",
    "difference_interval",
    "effective_n",
    "estimate_off_policy",
    "expected_calibration_error",
    "log_loss",
    "mean_interval",
    "ndcg_at_k",
    "recall_at_k",
]
