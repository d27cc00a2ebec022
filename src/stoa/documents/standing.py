"""Which tier a document has and when it was said: by its own words, else by where it lies."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import PurePosixPath

from stoa.ask_records import Tier
from stoa.errors import BadInput

_WORDS = {
    "record": Tier.RECORD,
    "dataset": Tier.DATASET,
    "filing": Tier.DATASET,
    "paper": Tier.DATASET,
    "first-hand": Tier.FIRST_HAND,
    "report": Tier.REPORT,
    "opinion": Tier.OPINION,
}
"""What `tier:` may say; with an s, a folder's name; before the ending, a part of a file's name."""


def tier_named(words: str) -> Tier:
    """The tier of the word in a document's front matter.

    Raises:
        BadInput: no such tier.
    """
    found = _WORDS.get(words.strip().lower().replace("_", "-").replace(" ", "-"))
    if found is None:
        raise BadInput("tier", words, "write " + ", ".join(_WORDS))
    return found


def tier_of_place(name: str) -> Tier:
    """The tier that a file's place gives it; a report where nothing says more.

    The nearest folder whose name is a tier's decides, or a tier's word as the last part of the
    file's own name.

    >>> tier_of_place("records/2024/ruling.pdf"), tier_of_place("minutes.record.txt").name
    (<Tier.RECORD: 1>, 'RECORD')
    """
    path = PurePosixPath(name)
    own = path.stem.rpartition(".")[2].lower()
    if own in _WORDS and own != path.stem.lower():
        return _WORDS[own]
    for folder in reversed(path.parts[:-1]):
        word = folder.lower().replace("_", "-").removesuffix("s")
        if word in _WORDS:
            return _WORDS[word]
    return Tier.REPORT


def moment(words: str) -> int:
    """Microseconds since 1970 of a date or a date and time in ISO form, UTC where it says none.

    Raises:
        BadInput: no such date.

    >>> moment("1970-01-02"), moment("1970-01-01T00:00:01Z")
    (86400000000, 1000000)
    """
    try:
        if len(words.strip()) <= 10:
            day = date.fromisoformat(words.strip())
            found = datetime(day.year, day.month, day.day, tzinfo=UTC)
        else:
            found = datetime.fromisoformat(words.strip())
    except ValueError:
        raise BadInput("date", words, "write it as 2024-05-31 or 2024-05-31T12:00:00Z") from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    return int(found.timestamp() * 1_000_000)
