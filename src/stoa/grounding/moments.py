"""Days, months, weekdays and hours said in a text, in the languages whose calendars are listed.

`quantities` reads English dates, which the verifier learnt with. Here a date is read in twelve
languages, and also weekdays and hours, so that "when" can be answered and two answers compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import lru_cache

from stoa.grounding.kin import plain

# Names of the months, from January, by language; folded, without accents, "*" for any case.
_MONTHS = (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sept oct nov dec",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "januar februar marz april mai juni juli august september oktober november dezember",
    "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie "
    "decembrie",
    "январ* феврал* март* апрел* мая июн* июл* август* сентябр* октябр* ноябр* декабр*",
    "ιανουαρι* φεβρουαρι* μαρτι* απριλι* μαι* ιουνι* ιουλι* αυγουστ* σεπτεμβρι* οκτωβρι* "
    "νοεμβρι* δεκεμβρι*",
    "ocak subat mart nisan mayıs haziran temmuz agustos eylul ekim kasım aralık",
    "يناير فبراير مارس ابريل مايو يونيو يوليو اغسطس سبتمبر اكتوبر نوفمبر ديسمبر",
    "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
)
# Whole names of days of the week, from Monday.
_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "lunes martes miercoles jueves viernes sabado domingo",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "luni marti miercuri joi vineri sambata duminica",
    "понедельник вторник среду четверг пятницу субботу воскресенье",
    "δευτερα τριτη τεταρτη πεμπτη παρασκευη σαββατο κυριακη",
    "pazartesi salı carsamba persembe cuma cumartesi pazar",
)
_PARTS_OF_DAY = "dawn noon dusk midnight sunrise sunset morgengrauen mittag mitternacht mediodia"
_HOURS = "one two three four five six seven eight nine ten eleven twelve"

_NAME = r"[^\W\d_]+"
_DATES = (
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s+(?:of\s+|de\s+|d['’])?(?P<month>{_NAME})"
        rf"(?:['’]{_NAME})?(?:,?\s+(?:de\s+|del\s+)?(?P<year>\d{{4}})\b)?"
    ),
    re.compile(
        rf"\b(?P<month>{_NAME})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)"
        r"(?:,?\s+(?P<year>\d{4})\b)?"
    ),
)
_NUMBERED = re.compile(
    r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号])?"
    r"|(?<!\d)(?P<iso>\d{4}-\d\d-\d\d)(?!\d)"
)
_YEAR = re.compile(r"(?<![\d.,])(?P<year>1[0-9]\d\d|20\d\d)(?![\d]|[.,]\d)(?!\s*(?:km|m|kg|%)\b)")
_CLOCK = re.compile(
    rf"(?<!\d)(?P<hour>[01]?\d|2[0-4])[:.h](?P<minute>[0-5]\d)(?!\d|\.\d)"
    rf"|\b(?P<half>half past|quarter past|quarter to)\s+(?P<word>{_HOURS.replace(' ', '|')})\b"
    rf"|\b(?:at|by|until|before|after)\s+(?P<oclock>{_HOURS.replace(' ', '|')})\b"
    rf"(?=\s*(?:[.,;!?]|$|(?:in the|o['’]clock|and|when)\b))"
    r"|(?<!\d)(?P<hour2>[01]?\d|2[0-4])\s*(?:uhr|heures|giờ|点|час(?:ов|а)?)(?!\w)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of time as far as it is said; 0 or -1 where a part is not."""

    start: int
    end: int
    year: int = 0
    month: int = 0
    day: int = 0
    weekday: int = 0  # 1 for Monday
    hour: int = -1  # of the day, as said; 100 and more for dawn, noon and their like
    minute: int = -1

    def differs_from(self, other: Moment) -> bool:
        """Whether a part that both say is another.

        >>> first, second = moments("on 4 May"), moments("on 20 June 1990")
        >>> first[0].differs_from(second[0]), moments("in 1990")[0].differs_from(second[0])
        (True, False)
        """
        return any(a != b for a, b in self._both_say(other))

    def compares_with(self, other: Moment) -> bool:
        """Whether both say one part at least; a weekday and a year do not compare."""
        return bool(self._both_say(other))

    def _both_say(self, other: Moment) -> list[tuple[int, int]]:
        said: list[tuple[int, int]] = []
        for each in fields(self)[2:]:
            ours, theirs = getattr(self, each.name), getattr(other, each.name)
            if ours != each.default and theirs != each.default:
                said.append((ours, theirs))
        return said


@lru_cache(maxsize=4096)
def moments(text: str) -> tuple[Moment, ...]:
    """Every day, month, weekday, year and hour of a text, in order.

    >>> [(m.day, m.month, m.year) for m in moments("inauguré le 3 juin 1931")]
    [(3, 6, 1931)]
    >>> [m.weekday for m in moments("El sábado volvió")]
    [6]
    """
    found = [_numbered(match) for match in _NUMBERED.finditer(text)]
    for pattern in _DATES:
        dates = (_date(match) for match in pattern.finditer(text))
        found += [each for each in dates if each is not None and not _is_in(each, found)]
    found += [_clock(match) for match in _CLOCK.finditer(text)]
    held = [(each.start, each.end) for each in found]
    for match in _YEAR.finditer(text):
        if not any(start <= match.start() < end for start, end in held):
            found.append(Moment(match.start(), match.end(), year=int(match["year"])))
    for match in _WORD.finditer(text):
        if not any(start <= match.start() < end for start, end in held):
            named = _named(match)
            if named is not None:
                found.append(named)
    return tuple(sorted(found, key=lambda each: each.start))


def _is_in(moment: Moment, found: list[Moment]) -> bool:
    return any(each.start < moment.end and moment.start < each.end for each in found)


def _numbered(match: re.Match[str]) -> Moment:
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
        return Moment(*match.span(), year, month, day)
    return Moment(*match.span(), _int(match["year"]), int(match["month"]), _int(match["day"]))


def _date(match: re.Match[str]) -> Moment | None:
    month, day = _month(match["month"]), int(match["day"])
    if not month or not 1 <= day <= 31:
        return None
    return Moment(*match.span(), _int(match["year"]), month, day)


def _int(digits: str | None) -> int:
    return int(digits) if digits else 0


@lru_cache(maxsize=8192)
def _month(name: str) -> int:
    """The number of a month's name, 0 where it names none."""
    folded = plain(name)
    if folded in _WHOLE:
        return _WHOLE[folded]
    found = (number for stem, number in _OPEN.items() if folded.startswith(stem))
    return next(found, 0)


_NAMED_MONTHS = [
    (name, number) for line in _MONTHS for number, name in enumerate(line.split(), start=1)
]
_WHOLE = {plain(name): number for name, number in _NAMED_MONTHS if not name.endswith("*")}
_OPEN = {plain(name.strip("*")): number for name, number in _NAMED_MONTHS if name.endswith("*")}
_ENGLISH = {name: number for number, name in enumerate(_MONTHS[0].split(), start=1)}


@lru_cache(maxsize=8192)
def _weekday(name: str) -> int:
    folded = plain(name)
    for line in _WEEKDAYS:
        days = line.split()
        for number, day in enumerate(days, start=1):
            if folded in (day, f"{day}s"):
                return number
    return 0


def _named(match: re.Match[str]) -> Moment | None:
    """A weekday, a month by itself, or a part of the day."""
    word = match.group()
    day = _weekday(word)
    if day and (word[0].isupper() or word[0] not in "mw"):
        return Moment(*match.span(), weekday=day)
    folded = plain(word)
    if word[0].isupper() and folded in _ENGLISH and folded not in ("may", "march"):
        return Moment(*match.span(), month=_ENGLISH[folded])
    if word[0].isupper() and folded in ("may", "march") and match.start() > 0:
        return Moment(*match.span(), month=_ENGLISH[folded])
    parts = list[str](_PARTS_OF_DAY.split())
    if folded in parts:
        return Moment(*match.span(), hour=100 + parts.index(folded))
    return None


def _clock(match: re.Match[str]) -> Moment:
    hours = list[str](_HOURS.split())
    if match["hour"] is not None:
        return Moment(*match.span(), hour=int(match["hour"]), minute=int(match["minute"]))
    if match["half"]:
        at = hours.index(match["word"].casefold()) + 1
        past = {"half past": 30, "quarter past": 15, "quarter to": -15}[match["half"].casefold()]
        return Moment(*match.span(), hour=at - (past < 0), minute=past % 60)
    if match["oclock"]:
        return Moment(*match.span(), hour=hours.index(match["oclock"].casefold()) + 1, minute=0)
    return Moment(*match.span(), hour=int(match["hour2"]), minute=0)
