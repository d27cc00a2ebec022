"""A few words for each cluster of a reader's vectors: what its posts are about."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from stoa.space.common_words import COMMON_WORDS

_WORDS = 3
_LEAST_USES = 5
"""A word met less often in the square counts as met this often: a slip of the pen is no topic."""

_AWAY = re.compile(r"https?://\S+|\S+\.\S+/\S*|@\S+")  # addresses and names are no topics
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_KATAKANA = re.compile(r"[\u30a1-\u30fa\u30fc]{2,12}")
_HIRAGANA_TO_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_LONGEST = 24

# Beyond function words: numbers, the calendar, manner and degree, and verbs that take any object.
# They tell how somebody writes, not what about. (Not in `COMMON_WORDS`, which vectors depend on.)
_NAMELESS = """
three four five six seven eight nine ten eleven twelve dozen hundred thousand second third half
once twice zero number count counts counted today tomorrow tonight yesterday morning evening
afternoon night hour hours minute minutes week weeks weekend month months month's year year's
years ago monday tuesday wednesday thursday friday saturday sunday season early late later soon
ever never always often usually sometimes almost already yet since until before across along
around behind below above beside between inside outside under near far away together apart each
either every neither none others another both several enough less least most mostly few fewer
lots whole entire own such same different rather quite perhaps exactly actually probably
certainly simply slowly quickly finally nearly properly whether because though although while
unless against without within toward towards per via ask asked asking avoid began begin believe
believes bought bring brought buy call called came change changed changes check comes compare
could depends done end ended ends feel feels felt find finds found gave give gives gone happen
happened happens hear heard held help helped helps hold holds hope hoped keep keeps kept knew
knows learn learned leave leaves left let lets live look looked looks lose lost love loved
lovely made makes mean means meant meet mention mentions might move moved must must've need
needed needs pay part point put puts reach read ready said save saving seem seemed seems seen
send sent set show showed shows sit sits sort sorts spent start started starts stay stays stop
stopped stops take taken takes talk tell tells thank thanks tried tries truth try trying turn
turned turns use used uses using visit wait waited waiting wake walk walked wanted wants watch
watched went wish wonder worked works worth would write wrote wow yours mine ours theirs answer
answers answered argument bad better best bigger biggest correction corrections curious easy
fine free full good great happy hard hidden high idea kind large last little long low matter
matters nice odd old open opinion people person place places please possible problem problems
question questions quiet real right sad short side sides simple small sorry source strange
sudden sure surprise surprised talking true useful usual various wrong yes young past current
light progress skill alleged correct anyone anybody nobody somebody everybody else those
today's tomorrow's yesterday's lesson afraid expected getting adding being saying doing
"""
_UNNAMING = COMMON_WORDS | frozenset(_NAMELESS.split())


def interest_names(
    cluster: NDArray[np.int64], texts: Sequence[str], elsewhere: Iterable[str] = ()
) -> dict[int, str]:
    """The words that are frequent in a cluster's posts and rare in the rest of the square.

    A word is worth (posts with it in the cluster)^2.5 / (posts with it among all of the reader's),
    times the square of its idf (Spärck Jones 1972) over `elsewhere`, a sample of the square.

    >>> likes = ["rock pools at low tide", "a tide of limpets", "brass bands", "that brass!"]
    >>> interest_names(np.array([0, 0, 1, 1]), likes)
    {0: 'tide, limpets, pools', 1: 'brass, bands'}
    """
    found = [frozenset(words_of(text)) for text in texts]
    mine = Counter(word for post in found for word in post)
    square = Counter(mine)
    n_posts = len(found)
    for text in elsewhere:
        square.update(set(words_of(text)) & mine.keys())
        n_posts += 1
    return {
        number: ", ".join(_best(found, np.flatnonzero(cluster == number), mine, square, n_posts))
        or "no words"
        for number in np.unique(cluster).tolist()
    }


def words_of(text: str) -> Iterator[str]:
    """The words of a text that can name something, folded; no addresses, no function words.

    Scripts that set no spaces give their runs of Han or katakana, longer ones in pairs.

    >>> sorted(words_of("@ann.example I can't leave: tide pools, pools.example/7 潮だまりの観察"))
    ['pools', 'tide', '観察']
    """
    for word in _LETTERS.findall(_AWAY.sub(" ", text).casefold()):
        if _HIRAGANA_TO_HAN.search(word):
            yield from _unspaced(word)
        elif 2 < len(word) <= _LONGEST and word.replace("’", "'") not in _UNNAMING:
            yield word


def _unspaced(run: str) -> Iterator[str]:
    yield from _KATAKANA.findall(run)
    for han in _HAN.findall(run):
        if len(han) <= 4:
            yield from [han] if len(han) > 1 else []
        else:
            yield from (han[i : i + 2] for i in range(len(han) - 1))


def _best(
    found: Sequence[frozenset[str]],
    members: NDArray[np.int64],
    mine: Counter[str],
    square: Counter[str],
    n_posts: int,
) -> list[str]:
    inside = Counter(word for i in members.tolist() for word in found[i])

    def worth(word: str) -> float:
        idf = 1 + math.log((n_posts + 1) / (max(square[word], min(_LEAST_USES, n_posts)) + 1))
        return inside[word] ** 2.5 / mine[word] * idf**2

    chosen: list[str] = []
    for word in sorted(inside, key=lambda word: (-worth(word), word)):
        if not any(_same_stem(word, other) for other in chosen):
            chosen.append(word)
        if len(chosen) == _WORDS:
            break
    return chosen


def _same_stem(one: str, other: str) -> bool:
    """Whether two words are forms of one, as far as their beginnings tell."""
    shared = min(len(one), len(other), 6)
    return shared >= 4 and one[: max(shared - 1, 4)] == other[: max(shared - 1, 4)]
