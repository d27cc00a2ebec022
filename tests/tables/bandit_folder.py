"""A small Open Bandit folder: four items, two positions, a uniform policy and one that adapts."""

import gzip

import numpy as np

ITEMS = ",item_id,item_feature_0,item_feature_1\n0,0,-0.5,aa\n1,3,0.25,bb\n2,4,1.5,aa\n3,9,2,<b>\n"
IDS = (0, 3, 4, 9)
RATE = np.array([0.02, 0.1, 0.2, 0.4])


def write_bandit(folder, *, n=40, packed=False, seed=0):
    """`random` is uniform; `bts` moves towards the better items, its chances swinging as it goes.

    What is so in the real data is so here: an item is shown mostly while its chance is high.
    """
    chance = np.random.default_rng(seed)
    _write(folder / "toys_item_context.csv", ITEMS, packed)
    for policy in ("random", "bts"):
        swing = np.sin(np.arange(n) / 40)[:, None] * np.array([2.0, -2.0, 1.0, -1.0])
        logit = swing + np.array([0.0, 0.5, 1.0, 1.5]) if policy == "bts" else np.zeros((n, 4))
        prob = np.exp(logit) / np.exp(logit).sum(axis=1, keepdims=True)
        item = (chance.random(n)[:, None] > prob.cumsum(axis=1)[:, :3]).sum(axis=1)
        click = chance.random(n) < RATE[item]
        lines = [_HEAD, *(
            f"{i},2019-11-24 00:00:{i % 60:02d}+00:00,{IDS[item[i]]},{1 + i % 2},{int(click[i])},"
            f"{prob[i, item[i]]:.12f},u{i % 3},v{i % 2},0.0,1.5,0.0,\n"
            for i in range(n)
        )]  # fmt: skip
        _write(folder / f"{policy}_toys.csv", "".join(lines), packed)
    return folder


_HEAD = (
    ",timestamp,item_id,position,click,propensity_score,user_feature_0,user_feature_1,"
    + ",".join(f"user-item_affinity_{number}" for number in IDS)
    + "\n"
)


def _write(path, text, packed):
    if packed:
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
