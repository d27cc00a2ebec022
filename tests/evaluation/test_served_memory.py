"""What was believed of a slate comes back beside the showings it led to, and nothing else."""

from dataclasses import replace

import numpy as np

from stoa.evaluation.belief_fit import Told
from stoa.evaluation.served_memory import ServedMemory
from stoa.evaluation.slates import Slates
from stoa.evaluation.society_view import SocietyView
from stoa.space.learning_log import ImpressionColumns, empty_log


def view(viewers, pool):
    return SocietyView(
        log=empty_log(4), day=0, at_us=0, viewer=np.array(viewers, dtype=np.int32),
        start_us=np.zeros(len(viewers), dtype=np.int64), pool=np.array(pool, dtype=np.int32),
        fresh=np.ones((len(viewers), len(pool)), dtype=bool), slots=2, round=0,
    )  # fmt: skip


def log_of(viewers, shown):
    log = empty_log(4)
    n = len(shown)
    columns = {
        name: np.zeros(n, dtype=getattr(log.impressions, name).dtype)
        for name in ImpressionColumns.__slots__
    }
    columns |= {
        "viewer": np.array(viewers, dtype=np.int32), "post": np.array(shown, dtype=np.int32)
    }  # fmt: skip
    posts = replace(
        log.posts,
        **{
            name: np.zeros(
                (40, *getattr(log.posts, name).shape[1:]), getattr(log.posts, name).dtype
            )
            for name in ("at_us", "author")
        },
    )
    return replace(log, impressions=ImpressionColumns(**columns), posts=posts)


def kept():
    """Viewers 3 and 5; of shortlists of three, slates of two: posts 12, 10 and 11, 13."""
    memory = ServedMemory(seen=1)
    column = np.array([[0, 2, 1], [3, 1, -1]], dtype=np.int32)
    post = np.array([[2, 0], [1, 3]], dtype=np.int32)
    slates = Slates(
        post=post, propensity=np.ones((2, 2), np.float32), explored=np.zeros((2, 2), bool)
    )
    outputs = np.arange(6, dtype=np.float32)[:, None]
    memory.keep(view([3, 5], [10, 11, 12, 13]), column, slates, outputs, 10 * outputs)
    return memory


def test_each_showing_has_what_was_believed_of_that_viewer_and_post():
    memory = kept()
    told = memory.told(log_of([3, 5, 3, 5, 3], [12, 13, 12, 11, 30]))
    assert isinstance(told, Told)
    assert told.rows.tolist() == [1, 2, 3]  # row 0 was before; nobody thought of post 30
    assert told.outputs[:, 0].tolist() == [3.0, 1.0, 4.0]
    assert told.evidence[:, 0].tolist() == [30.0, 10.0, 40.0]


def test_nothing_is_told_twice():
    memory = kept()
    log = log_of([3, 5, 3, 5, 3], [12, 13, 12, 11, 30])
    assert memory.told(log) is not None
    assert memory.told(log) is None
    assert memory.seen == 5
