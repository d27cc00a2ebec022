"""What the feed may be tuned by: sizes, times and shares, with the reason for each default."""

from __future__ import annotations

from dataclasses import dataclass, field

from stoa.feed.compose import SlateConfig, shares_of_value
from stoa.feed.viewer_vectors import VectorConfig
from stoa.ranking.first_version import FirstVersionConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotedConfig:
    """Where promoted posts may appear and how many (docs/decisions/0008-promoted-posts.md)."""

    surfaces: frozenset[str] = frozenset({"page", "api"})  # those that can mark them
    most_a_day: int = 12  # to one reader, all campaigns together
    most_offers: int = 32  # valued for a page; later campaigns wait
    hold_s: float = 1800.0  # how long a page handed out keeps its share of a budget


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedConfig:
    """Everything that defines the feed's behaviour; one reading is what one retrieval serves."""

    reading: int = 1500  # posts a reading may hold; also the pool that is ranked
    matches: int = 1500  # posts asked of the index
    followed: int = 600
    followed_depth: int = 32  # newest posts looked at per followed account
    fresh: int = 300
    fresh_window: int = 50_000  # newest posts among which never-engaged ones are drawn
    co_engaged: int = 500
    co_engaged_seeds: int = 64  # newest glad posts whose engagers are asked
    co_engaged_accounts: int = 400
    popular: int = 1000
    history: int = 512
    max_age_h: float = 48.0  # as x-algorithm's AgeFilter
    seen_days: float = 30.0
    served_h: float = 2.0
    least_fresh_posts: int = 30  # fewer unserved posts than that: served ones may come again
    reading_ttl_s: float = 1800.0
    readings: int = 400  # kept in memory, some 200 kB each
    peek_ttl_s: float = 300.0  # how long a peek is answered from the newest reading
    logged_out_ttl_s: float = 30.0
    viewer_ttl_s: float = 30.0  # public acts reach a viewer's vectors after that at the latest
    viewers: int = 2000  # states kept in memory
    limit: int = 200  # most posts a page may be asked for
    vectors: VectorConfig = field(default_factory=VectorConfig)
    first_version: FirstVersionConfig = field(default_factory=FirstVersionConfig)
    slate: SlateConfig = field(default_factory=SlateConfig)
    learned_slate: SlateConfig = field(default_factory=shares_of_value)
    promoted: PromotedConfig = field(default_factory=PromotedConfig)
