"""What leaves a post out: one rule a class, each with the sentence a reader sees."""

from stoa.feed.filters.age import TooOld
from stoa.feed.filters.conversations import FewOfAConversation, SameText
from stoa.feed.filters.gone import Gone, HiddenByLabel, OptedOut
from stoa.feed.filters.history import Dismissed, OwnPosts, Seen, Served
from stoa.feed.filters.languages import OtherLanguages
from stoa.feed.filters.relations import Blocked, MutedAccounts, MutedConversations
from stoa.feed.filters.sensitive import MembersOnly, Sensitive
from stoa.feed.filters.thread_wishes import DisownedQuotes, HiddenReplies
from stoa.feed.filters.words import MutedWords

__all__ = [
    "Blocked",
    "Dismissed",
    "DisownedQuotes",
    "FewOfAConversation",
    "Gone",
    "HiddenByLabel",
    "HiddenReplies",
    "MembersOnly",
    "MutedAccounts",
    "MutedConversations",
    "MutedWords",
    "OptedOut",
    "OtherLanguages",
    "OwnPosts",
    "SameText",
    "Seen",
    "Sensitive",
    "Served",
    "TooOld",
]
