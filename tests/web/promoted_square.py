"""The small square with a ranker that ranks in seconds, and a post that a tea shop pays for."""

from __future__ import annotations

import jax

from stoa.app import Square
from stoa.promoted.desk import Desk, Wish
from stoa.promoted_records import BudgetUnit, Campaign
from stoa.ranking.learned_ranker import LearnedRanker
from stoa.ranking.ranker_model import RankerConfig, init_ranker
from stoa.ranking.value import ValueConfig

ADVERTISER = "Tea <b>& Co"


def teach(square: Square) -> None:
    """Puts a ranker of chance weights in the seat: what it says is no matter, but it is seconds."""
    config = RankerConfig(
        vector=square.rooms.encoder.dim, width=32, depth=1, history=16, author_rows=64
    )
    params = init_ranker(jax.random.key(0), config)
    out = 0.05 * jax.random.normal(jax.random.key(9), params["out"].shape)
    # Without a price on regret or likes every value is a few seconds, and none below its floor.
    value = ValueConfig(kappa=0.0, worth_s={})
    square.rooms.seat.take(LearnedRanker("v1", config, {**params, "out": out}, value))


def promote(square: Square, uri: str, **fields: object) -> Campaign:
    """Takes a campaign of a post in."""
    desk = Desk(square.store.promoted, square.store, square.store)
    known = {"unit": BudgetUnit.IMPRESSIONS, "budget": 1_000, "gap": 3} | fields
    return desk.add(Wish(post=uri, advertiser=ADVERTISER, **known), square.clock.now_us())


def worst(square: Square) -> str:
    """The post that the feed puts last: on the first page it stands only where it is promoted."""
    last = square.feed.page("local:me", limit=200, peek=True).items[-1]
    return square.store.uris([int(last.post)])[last.post]


def promote_in_small_square(square: Square) -> None:
    """What a browser is shown: the last post of the square, promoted to whoever agrees to it."""
    teach(square)
    promote(square, worst(square))
