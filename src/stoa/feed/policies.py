"""The feeds that can be asked for by name, each assembled in one readable list of stages."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.errors import BadInput
from stoa.feed import filters as rules
from stoa.feed import sources as find
from stoa.feed.board import Board
from stoa.feed.config import FeedConfig
from stoa.feed.hydrator import BoardHydrator
from stoa.feed.learned import VALUED, Predictor, Published, Valued
from stoa.feed.model_seat import ModelSeat
from stoa.feed.popularity import PopularNow
from stoa.feed.query import FeedQuery
from stoa.feed.rankers import Chronological, FirstVersion, MostPopular
from stoa.pipeline import Filter, Pipeline
from stoa.ports import VectorRows
from stoa.ranking.presets import PREDICTED_PRESETS

FOR_YOU = "unregretted"
FIRST = "first_version"
FOLLOWING = "following"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A feed: what is found and how it is ranked, and whether composing may change the order."""

    name: str
    pipeline: Pipeline[FeedQuery]
    composes: bool
    learned: bool = False  # needs a model; ranks like the first version until there is one

    @property
    def in_seconds(self) -> bool:
        """Whether its scores are values in seconds, once there is a model."""
        return self.name in VALUED


@dataclass(frozen=True, slots=True)
class Rooms:
    """What the stages read from."""

    board: Board
    rows: VectorRows
    popular: PopularNow
    seat: ModelSeat
    texts: VectorRows | None = None  # of more channels, as learned rankers read them


def safety() -> tuple[Filter[FeedQuery], ...]:
    """Rules that hold at the moment of serving too, not only when a reading is made."""
    return (
        rules.Gone(),
        rules.HiddenByLabel(),
        rules.OptedOut(),
        rules.Blocked(),
        rules.MutedAccounts(),
        rules.MutedConversations(),
        rules.Dismissed(),
        rules.Sensitive(),
        rules.MembersOnly(),
        rules.HiddenReplies(),
        rules.DisownedQuotes(),
    )


def all_filters() -> tuple[Filter[FeedQuery], ...]:
    """Every rule about single posts, in the order in which a drop is accounted for."""
    return (
        *safety(),
        rules.TooOld(),
        rules.OwnPosts(),
        rules.Seen(),
        rules.Served(),
        rules.OtherLanguages(),
    )


def build_policies(rooms: Rooms, config: FeedConfig) -> dict[str, Policy]:
    """All policies of the square by name; `following` is a tab and not offered as a preset."""
    board = rooms.board
    followed = find.Followed(board, config.followed, config.followed_depth)
    fresh = find.Fresh(board, config.fresh, config.fresh_window)
    recent = find.Recent(board, config.reading)
    popular = find.Popular(rooms.popular, config.popular)
    everyone = find.Popular(rooms.popular, config.reading, enough_vectors=1 << 30)
    matches = find.VectorMatches(config.matches)
    co_engaged = find.CoEngaged(
        board, config.co_engaged, config.co_engaged_seeds, config.co_engaged_accounts
    )
    groups = (rules.FewOfAConversation(), rules.SameText(rooms.rows))
    ranked = FirstVersion(config.first_version)
    hydrator, single = BoardHydrator(board), all_filters()
    all_followed = find.Followed(board, config.reading, 4 * config.followed_depth)

    predictor = Predictor(rooms.seat, rooms.rows, board, rooms.texts)
    everything = (followed, matches, co_engaged, fresh, popular, recent)

    def policy(
        name: str,
        sources: tuple,
        ranker: object,
        groups: tuple,
        composes: bool,
        learned: bool = False,
    ) -> Policy:
        pipeline: Pipeline[FeedQuery] = Pipeline(
            sources=sources,
            hydrator=hydrator,
            filters=single,
            ranker=ranker,  # pyright: ignore[reportArgumentType]
            group_filters=groups,
            pool=config.reading,
        )
        return Policy(name=name, pipeline=pipeline, composes=composes, learned=learned)

    made = (
        *(
            policy(name, everything, Valued(predictor, name, ranked), groups, True, True)
            for name in VALUED
        ),
        policy(FIRST, everything, ranked, groups, True),
        policy("chronological", (all_followed, recent), Chronological(), (), False),
        policy("popular", (everyone, recent), MostPopular(), groups, False),
        *(
            policy(name, everything, Published(predictor, name, ranked), groups, True, True)
            for name in PREDICTED_PRESETS
        ),
        policy(FOLLOWING, (all_followed,), Chronological(f"{FOLLOWING}/1"), (), False),
    )
    return {policy.name: policy for policy in made}


def offered(policies: dict[str, Policy], seat: ModelSeat) -> tuple[str, ...]:
    """Names of the policies that can rank now, the default first."""
    return tuple(
        policy.name
        for policy in policies.values()
        if policy.name != FOLLOWING and (seat.ranker is not None or not policy.learned)
    )


def choose(policies: dict[str, Policy], seat: ModelSeat, name: str) -> Policy:
    """The policy of this name.

    Raises:
        BadInput: no such policy, or one that needs a model while there is none.
    """
    names = offered(policies, seat)
    if name in policies and policies[name].learned and name not in names:
        raise BadInput(
            "policy",
            name,
            "needs a trained ranker, which this square does not have yet; "
            f"use one of {', '.join(names)}",
        )
    if name not in names:
        raise BadInput("policy", name, f"use one of {', '.join(names)}")
    return policies[name]
