"""What the studies print, in small."""


def interval(mean, half=1.0):
    return {"mean": mean, "low": mean - half, "high": mean + half}


POLICIES = {
    "people": {
        "bait": {
            "unregretted": {**interval(388), "last_day_active": 0.66, "regret_rate": 0.05},
            "chronological": {**interval(290), "behind": interval(98), "last_day_active": 0.6},
            "popular": {**interval(320), "behind": interval(68)},
            "oracle": {**interval(410), "behind": interval(-22)},
        }
    }
}
SEQUENCES = {
    "ndcg_at_10": 0.0598, "hr_at_10": 0.0982, "hr_at_200": 0.3, "hr_at_200_last": 0.28,
    "users": 22363, "items": 10_000, "cpu_s": 54.2, "settings": {"width": 64},
    "baselines": {"popularity": {"ndcg_at_10": 0.0061}},
}  # fmt: skip
REGRET = {
    "f1": 0.77, "precision": 0.75, "recall": 0.79, "auroc": 0.84, "ece": 0.03,
    "before_exposure": {"f1": 0.69, "auroc": 0.763}, "heldout_auroc": 0.74,
}  # fmt: skip
OFF_POLICY = {
    "pairs": [
        {
            "campaign": "men", "from": "random", "to": "bts", "truth": 0.0069,
            "truth_low": 0.005, "truth_high": 0.009, "ips": interval(0.006, 0.002),
            "dr": interval(0.004, 0.001), "effective_n": 2869.0, "n": 10_000,
            "largest_weight": 7.5, "verdict": "undecided",
            "baselines": {"logged_mean": interval(0.0046, 0.001)},
        }
    ]
}  # fmt: skip
VECTORS = {
    "vectors": {
        "all_positions": {
            "recall_at_200": interval(0.3, 0.01), "recall_at_1500": 0.6,
            "by_interests": {"1": 0.4, "5+": {"recall_at_200": 0.2}},
        },
        "mean": {"recall_at_200": interval(0.2, 0.01), "recall_at_1500": 0.5},
    },
    "conversation": {"with": 0.4, "without": 0.3},
    "zero_like": {"recall_at_200": 0.1},
}  # fmt: skip
CALIBRATION = {
    "calibration": [
        {
            "head": "like", "group": group, "n": 800, "n_viewers": 100,
            "ece_adaptive": interval(0.02, 0.01), "slope": interval(slope, 0.1),
            "intercept": interval(0.0, 0.01),
            "bins": [
                {"n": 400, "predicted": 0.1, "observed": interval(0.12, 0.02)},
                {"n": 400, "predicted": 0.5, "observed": interval(0.4, 0.05)},
            ],
        }
        for group, slope in (("all", 1.05), ("new viewers", 0.6))
    ]
}  # fmt: skip
EVERY = {
    "policies.json": POLICIES, "beauty.json": SEQUENCES, "regret.json": REGRET,
    "offpolicy.json": OFF_POLICY, "vectors.json": VECTORS, "calibration.json": CALIBRATION,
}  # fmt: skip
