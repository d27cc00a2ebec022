"""Where candidates come from: one source a file."""

from stoa.feed.sources.co_engaged import CoEngaged
from stoa.feed.sources.followed import Followed
from stoa.feed.sources.fresh import Fresh
from stoa.feed.sources.matches import VectorMatches
from stoa.feed.sources.popular import Popular
from stoa.feed.sources.recent import Recent

__all__ = ["CoEngaged", "Followed", "Fresh", "Popular", "Recent", "VectorMatches"]
