"""The published ranking formulas, given predictions: baselines to compare with."""

PREDICTED_PRESETS = ("x2026_weighted", "x2026_dwell_regret", "t2023_heavy")
