"""When an asker says what they meant: "no, I mean Soma from Brave New World", "not X, Y".

Each language has its own openings; what follows the opening is what the asker means. A line is a
correction only where there is something to correct (a turn before it) or where it says "no".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stoa.ask_records import Correction, Question

_LONGEST = 200  # characters of a name or a description that may be meant


@dataclass(frozen=True, slots=True)
class _Ways:
    """How one language corrects: regular expressions with the groups `prefer` and `exclude`."""

    lang: str
    with_no: tuple[str, ...]  # open with a refusal: clear even without a thread
    in_thread: tuple[str, ...]  # a correction only after an answer


_P, _X = r"(?P<prefer>.+?)", r"(?P<exclude>.+?)"
_NO = r"(?:no|nope|nah|wait|sorry|actually|well)[\s,.!:;–—-]+(?:no[\s,.!]+|sorry[\s,.!]+)?"
_MEAN = (
    r"(?:i\s+(?:actually\s+)?mean(?:t)?|what\s+i\s+mean(?:t)?\s+(?:is|was)"
    r"|i(?:\s+was|\s+am|['’]?m)\s+(?:asking|talking)\s+about|i\s+had\s+in\s+mind)"
)
_NOT_MEAN = r"i\s+did(?:n['’]?t|\s+not)\s+mean"

_WAYS = (
    _Ways(
        "en",
        with_no=(
            rf"{_NO}{_MEAN}\s+{_P},?\s+(?:and\s+)?not\s+{_X}",
            rf"{_NO}{_MEAN}\s+not\s+{_X}\s*[,;–—-]\s*(?:but\s+)?{_P}",
            rf"{_NO}{_MEAN}\s+{_P}",
            rf"{_NO}not\s+{_X}\s*(?:[,;–—-]\s*(?:but\s+|i\s+mean(?:t)?\s+)?|\s+but\s+){_P}",
            rf"{_NO}(?P<prefer>the\s+one\s.+?),?\s+not\s+{_X}",
        ),
        in_thread=(
            rf"{_MEAN}\s+{_P},?\s+(?:and\s+)?not\s+{_X}",
            rf"{_MEAN}\s+{_P}",
            rf"not\s+{_X}\s*(?:[,;–—-]\s*(?:but\s+|i\s+mean(?:t)?\s+)?|\s+but\s+){_P}",
            rf"{_NOT_MEAN}\s+{_X}\s*[,;.–—-]\s*(?:i\s+mean(?:t)?\s+|but\s+)?{_P}",
            rf"{_NOT_MEAN}\s+{_X}",
            rf"{_P},\s+not\s+{_X}",
            r"no[\s,.!:;–—-]+(?P<prefer>the\s+one\s.+?)",
        ),
    ),
    _Ways(
        "de",
        with_no=(
            rf"nein[\s,.!:–-]+ich\s+mein(?:e|te)\s+{_P},?\s+nicht\s+{_X}",
            rf"nein[\s,.!:–-]+ich\s+mein(?:e|te)\s+{_P}",
            rf"nein[\s,.!:–-]+nicht\s+{_X},\s*(?:sondern\s+)?{_P}",
        ),
        in_thread=(
            rf"(?:nein[\s,.!:–-]+)?nicht\s+{_X},?\s+sondern\s+{_P}",
            rf"ich\s+mein(?:e|te)\s+{_P},?\s+nicht\s+{_X}",
            rf"ich\s+mein(?:e|te)\s+{_P}",
            rf"nicht\s+{_X},\s*{_P}",
            rf"{_P},\s+nicht\s+{_X}",
        ),
    ),
    _Ways(
        "es",
        with_no=(
            rf"no[\s,.!:–-]+(?:me\s+(?:refiero|refer[ií]a)\s+a|quise\s+decir|quiero\s+decir|hablo\s+de|digo)l?\s+{_P},?\s+no\s+(?:a\s+)?{_X}",
            rf"no[\s,.!:–-]+(?:me\s+(?:refiero|refer[ií]a)\s+a|quise\s+decir|quiero\s+decir|hablo\s+de|digo)l?\s+{_P}",
        ),
        in_thread=(
            rf"(?:no[,.!]\s+)?no\s+{_X},?\s+sino\s+{_P}",
            rf"(?:me\s+(?:refiero|refer[ií]a)\s+a|quise\s+decir|quiero\s+decir)l?\s+{_P}",
            rf"no\s+{_X},\s*{_P}",
        ),
    ),
    _Ways(
        "fr",
        with_no=(
            rf"non[\s,.!:–-]+je\s+(?:veux\s+dire|voulais\s+dire|parl(?:e|ais)\s+(?:de|du|des)|pens(?:e|ais)\s+[àa])\s+{_P},?\s+pas\s+(?:de\s+|du\s+)?{_X}",
            rf"non[\s,.!:–-]+je\s+(?:veux\s+dire|voulais\s+dire|parl(?:e|ais)\s+(?:de|du|des)|pens(?:e|ais)\s+[àa])\s+{_P}",
        ),
        in_thread=(
            rf"(?:non[,.!]\s+)?pas\s+{_X},?\s+mais\s+{_P}",
            rf"je\s+(?:veux\s+dire|voulais\s+dire|parl(?:e|ais)\s+(?:de|du|des))\s+{_P}",
            rf"pas\s+{_X},\s*{_P}",
        ),
    ),
    _Ways(
        "it",
        with_no=(
            rf"no[\s,.!:–-]+(?:intend(?:o|evo)|volevo\s+dire|mi\s+riferi(?:sco|vo)\s+a(?:l|lla)?)\s+{_P}",
        ),
        in_thread=(
            rf"non\s+{_X},?\s+(?:ma|bens[ìi])\s+{_P}",
            rf"(?:intend(?:o|evo)|volevo\s+dire)\s+{_P}",
        ),
    ),
    _Ways(
        "pt",
        with_no=(
            rf"n[ãa]o[\s,.!:–-]+(?:quis\s+dizer|quero\s+dizer|me\s+refiro\s+(?:a|ao|à)|refiro-me\s+(?:a|ao|à)|estou\s+a?\s*falar\s+d[eoa])\s+{_P}",
        ),
        in_thread=(
            rf"n[ãa]o\s+{_X},?\s+mas\s+(?:sim\s+)?{_P}",
            rf"(?:quis\s+dizer|quero\s+dizer|me\s+refiro\s+(?:a|ao|à))\s+{_P}",
        ),
    ),
    _Ways(
        "ro",
        with_no=(
            rf"nu[\s,.!:–-]+(?:m[ăa]\s+(?:refer|refeream)\s+la|vreau\s+s[ăa]\s+(?:zic|spun)|voiam\s+s[ăa]\s+(?:zic|spun))\s+{_P},?\s+nu\s+(?:la\s+)?{_X}",
            rf"nu[\s,.!:–-]+(?:m[ăa]\s+(?:refer|refeream)\s+la|vreau\s+s[ăa]\s+(?:zic|spun)|voiam\s+s[ăa]\s+(?:zic|spun))\s+{_P}",
        ),
        in_thread=(
            rf"nu\s+(?:la\s+)?{_X},?\s+ci\s+(?:la\s+)?{_P}",
            rf"m[ăa]\s+(?:refer|refeream)\s+la\s+{_P}",
        ),
    ),
    _Ways(
        "ru",
        with_no=(
            rf"нет[\s,.!:–—-]+я\s+име(?:ю|л|ла)\s+в\s+виду\s+{_P},?\s+(?:а\s+)?не\s+{_X}",
            rf"нет[\s,.!:–—-]+я\s+(?:име(?:ю|л|ла)\s+в\s+виду|говор(?:ю|ил|ила)\s+(?:о|об|про))\s+{_P}",
        ),
        in_thread=(
            rf"(?:нет[\s,.!]+)?не\s+{_X},?\s+а\s+{_P}",
            rf"я\s+име(?:ю|л|ла)\s+в\s+виду\s+{_P}",
        ),
    ),
    _Ways(
        "el",
        with_no=(
            rf"[όο]χι[\s,.!:–-]+(?:εννο(?:ώ|ούσα)|μιλ(?:άω|ώ|ούσα)\s+για)\s+{_P},?\s+[όο]χι\s+{_X}",
            rf"[όο]χι[\s,.!:–-]+(?:εννο(?:ώ|ούσα)|μιλ(?:άω|ώ|ούσα)\s+για)\s+{_P}",
        ),
        in_thread=(
            rf"[όο]χι\s+{_X},?\s+αλλά\s+{_P}",
            rf"εννο(?:ώ|ούσα)\s+{_P}",
        ),
    ),
    _Ways(
        "tr",
        with_no=(
            rf"hay[ıi]r[\s,.!:–-]+(?:ben\s+)?{_P}(?:['’]?y?[ıiuü])?\s+(?:kastettim|kastediyorum|demek\s+istedim|demek\s+istiyorum)",
        ),
        in_thread=(
            rf"(?:hay[ıi]r[\s,.!]+)?{_X}\s+de[ğg]il,?\s+{_P}",
            rf"(?:ben\s+)?{_P}(?:['’]?y?[ıiuü])?\s+(?:kastettim|demek\s+istedim)",
        ),
    ),
    _Ways(
        "vi",
        with_no=(
            r"không[\s,.!:–-]+(?:phải[\s,.]+)?"
            rf"(?:ý\s+(?:tôi|mình|em)\s+(?:là|muốn nói là|nói)|tôi\s+muốn\s+nói)\s+{_P}",
        ),
        in_thread=(
            rf"không\s+phải\s+(?:là\s+)?{_X},?\s+mà\s+là\s+{_P}",
            rf"ý\s+(?:tôi|mình|em)\s+là\s+{_P}",
        ),
    ),
    _Ways(
        "zh",
        with_no=(
            rf"不(?:是|对|對)?[\s,，。!！、]*我(?:是)?(?:指的?是?|说的?是?|說的?是?|的意思是)\s*{_P}[,，]\s*(?:而)?不是\s*{_X}",
            rf"不(?:是|对|對)?[\s,，。!！、]*我(?:是)?(?:指的?是?|说的?是?|說的?是?|的意思是)\s*{_P}",
        ),
        in_thread=(
            rf"不是\s*{_X}[,，\s]*(?:而是|是)\s*{_P}",
            rf"我(?:是)?(?:指的?是|说的?是|說的?是|的意思是)\s*{_P}",
        ),
    ),
    _Ways(
        "ar",
        with_no=(
            rf"لا[\s,،.!:]+(?:أنا\s+)?(?:أقصد|أعني|قصدت|كنت\s+أقصد)\s+{_P}[,،]?\s+(?:و)?(?:ليس|لا)\s+{_X}",
            rf"لا[\s,،.!:]+(?:أنا\s+)?(?:أقصد|أعني|قصدت|كنت\s+أقصد)\s+{_P}",
        ),
        in_thread=(
            rf"ليس(?:ت)?\s+{_X}[,،]?\s+(?:بل|ولكن|وإنما)\s+{_P}",
            rf"(?:أقصد|أعني|قصدت|كنت\s+أقصد)\s+{_P}",
        ),
    ),
    _Ways(
        "hi",
        with_no=(rf"नहीं[\s,.!।:]+(?:मेरा\s+मतलब|मेरा\s+आशय)\s+{_P}(?:\s+से)?(?:\s+(?:है|था))?",),
        in_thread=(
            rf"{_X}\s+नहीं,?\s+(?:बल्कि\s+)?{_P}",
            rf"मेरा\s+मतलब\s+{_P}(?:\s+से)?(?:\s+(?:है|था))?",
        ),
    ),
    _Ways(
        "th",
        with_no=(rf"(?:ไม่|ไม่ใช่)[\s,.!]*(?:ฉัน|ผม|ดิฉัน|เรา)?\s*หมายถึง\s*{_P}\s*(?:ครับ|ค่ะ)?",),
        in_thread=(
            rf"ไม่ใช่\s*{_X}\s*(?:แต่เป็น|แต่)\s*{_P}",
            rf"(?:ฉัน|ผม|ดิฉัน|เรา)\s*หมายถึง\s*{_P}\s*(?:ครับ|ค่ะ)?",
        ),
    ),
)

_END = r"[\s.!?。！？।…]*$"


def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile("^" + each + _END, re.IGNORECASE | re.DOTALL) for each in patterns)


_WITH_NO = tuple(p for ways in _WAYS for p in _compiled(ways.with_no))
_IN_THREAD = tuple(p for ways in _WAYS for p in _compiled(ways.in_thread))
_QUOTES = "\"'“”„«»‘’`*_ \t\n"
_PLACED = re.compile(
    r"^(?:the\s+one\s+(?:from|in|of)|the\s+|der\s+|die\s+|das\s+|den\s+|el\s+|la\s+|le\s+)?(.*)$",
    re.IGNORECASE | re.DOTALL,
)


def corrected(question: Question) -> Correction | None:
    """What the asker says they meant, or None where the question corrects nothing.

    >>> corrected(Question("No, I mean Soma from Brave New World."))
    Correction(prefer=('Soma from Brave New World',), exclude=())

    A bare "X, not Y" is a correction only after an answer: elsewhere it is part of a question.
    """
    text = " ".join(question.text.split())
    patterns = _WITH_NO + (_IN_THREAD if question.thread and "?" not in text else ())
    for pattern in patterns:
        found = pattern.match(text)
        if found is None:
            continue
        groups = found.groupdict()
        prefer, exclude = named(groups.get("prefer")), named(groups.get("exclude"))
        if _is_figure(prefer) and _is_figure(exclude):
            return None  # "not 12, 14" disputes an answer; it tells no sense
        if prefer or exclude:
            return Correction(prefer=prefer, exclude=exclude)
    return None


def merged(earlier: Correction, later: Correction) -> Correction:
    """What a thread knows after one more correction; what is meant now is no longer excluded.

    >>> merged(Correction(("drug",), ("novel",)), Correction(("novel",), ("drug",)))
    Correction(prefer=('novel',), exclude=('drug',))
    """
    prefer = later.prefer or tuple(x for x in earlier.prefer if x not in later.exclude)
    excluded = dict.fromkeys((*earlier.exclude, *later.exclude))
    wanted = {each.casefold() for each in prefer}
    return Correction(prefer, tuple(x for x in excluded if x.casefold() not in wanted))


def _is_figure(names: tuple[str, ...]) -> bool:
    return any(character.isdigit() for name in names for character in name)


def named(text: str | None) -> tuple[str, ...]:
    """What is meant, without quotes and the article or "the one from" before it; () for nothing."""
    bare = (text or "").strip(_QUOTES + ",;:.")
    placed = _PLACED.match(bare)
    name = (placed.group(1) if placed and placed.group(1) else bare).strip(_QUOTES)
    return (name,) if name and len(name) <= _LONGEST else ()
