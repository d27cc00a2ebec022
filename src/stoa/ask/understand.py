"""What a question asks: its language, its time, the names in it, and whether to answer at all.

No clock is read here: "yesterday" is yesterday of `as_of_us`, or of the moment that the caller
hands in.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from stoa.ask.correction import corrected, merged, named
from stoa.ask.threads import brought, is_pushback
from stoa.ask.time_words import time_window
from stoa.ask.turn_reading import THE_OTHER, disputes, reading
from stoa.ask_records import Correction, Question
from stoa.grounding.languages import language
from stoa.grounding.question_kinds import QuestionKind, question_kind
from stoa.grounding.words import content_stems

_LONGEST = 1000  # characters of a question that are read
_CUT = 60  # characters of a name


class Declined(StrEnum):
    """Why a question is not answered; the empty one is no reason."""

    NO = ""
    NOTHING_ASKED = "nothing asked"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as the flow needs it."""

    query: str  # what to search for: words of the question, of its thread, and of the sense meant
    lang: str
    entities: tuple[str, ...]  # names and quoted words, as written
    since_us: int | None
    until_us: int | None
    kind: QuestionKind
    declined_because: Declined
    asked: str = ""  # the question to answer: after a bare correction that of the turn before
    correction: Correction = field(default_factory=Correction)  # the sense meant in this thread
    is_correction: bool = False
    # Objects to the answer before it, so that `asked` is asked once more; a correction that may as
    # well be an objection is both.
    is_pushback: bool = False


def understand(question: Question, now_us: int | None = None) -> Understood:
    """Reads one question in its thread.

    `now_us` is the moment of asking where the question has no `as_of_us`; without both, words
    like "yesterday" bound nothing.
    """
    text = readable(question.text)[:_LONGEST]
    turn = _in_thread(question, text)
    asked = turn.asked
    lang = language(asked) or "en"
    window = time_window(asked, lang, question.as_of_us or now_us)
    since_us = question.since_us if question.since_us is not None else window.since_us
    searched = asked
    if window.words and not any(c.isdigit() for c in window.words):
        searched = re.sub(re.escape(window.words.strip()), " ", asked, flags=re.IGNORECASE)
    meant = [x for x in turn.correction.prefer if turn.keeps_sense and x != THE_OTHER]
    query = " ".join((*searched.split(), *meant, *turn.brought.split()))
    return Understood(
        query=query,
        lang=lang,
        entities=entities(asked),
        since_us=since_us,
        until_us=_earlier(question.as_of_us, window.until_us),
        kind=question_kind(asked, lang),
        declined_because=declined(asked),
        asked=asked,
        correction=turn.correction,
        is_correction=turn.is_correction,
        is_pushback=turn.is_pushback,
    )


def readable(text: str) -> str:
    """`text` with compatibility forms folded and without what no reader sees.

    >>> readable("Who\u200b  won? ")
    'Who won?'
    """
    folded = unicodedata.normalize("NFKC", text)
    kept = (
        c if unicodedata.category(c) not in ("Cf", "Cc", "Cs", "Co") else _gap(c) for c in folded
    )
    return " ".join("".join(kept).split())


def _gap(character: str) -> str:
    return " " if unicodedata.category(character) == "Cc" else ""


def _earlier(first: int | None, second: int | None) -> int | None:
    given = [each for each in (first, second) if each is not None]
    return min(given) if given else None


@dataclass(frozen=True, slots=True)
class _Turn:
    """What a turn asks in its thread."""

    asked: str
    correction: Correction
    is_correction: bool = False
    is_pushback: bool = False
    brought: str = ""  # what an objection names as its source
    keeps_sense: bool = True  # still speaks of the word whose sense was told


def _in_thread(question: Question, text: str) -> _Turn:
    last = _last_asked(question)
    found, is_sure = _meaning(question, last)
    if found is not None:
        known = merged(question.correction, found)
        return _Turn(last or text, known, is_correction=True, is_pushback=not is_sure)
    if is_pushback(question):
        return _Turn(last or text, question.correction, is_pushback=True, brought=brought(text))
    if question.thread and _leans_on_what_was_said(text):
        names = " ".join(entities(last))
        return _Turn(f"{text} {names}".strip(), question.correction)
    return _Turn(text, question.correction, keeps_sense=_is_about_the_same(text, question))


def _is_about_the_same(text: str, question: Question) -> bool:
    """Whether a question shares a word with the one before it, or with the sense that was told."""
    earlier = " ".join((_last_asked(question), *question.correction.prefer))
    ours, theirs = ({w for w in content_stems(t) if len(w) > 2} for t in (text, earlier))
    return not question.thread or bool(ours & theirs)


def _last_asked(question: Question) -> str:
    """The last turn that asked something, rather than correct or object; "" where none did."""
    last = ""
    for place, turn in enumerate(question.thread):
        said = Question(turn.question, thread=question.thread[:place])
        if _meaning(said, last)[0] is None and not is_pushback(said):
            last = readable(turn.question)[:_LONGEST]
    return last


def _meaning(question: Question, last: str) -> tuple[Correction | None, bool]:
    """What a turn says is meant of the question `last`, and whether it surely says so."""
    if question.thread and last:
        answer = question.thread[-1].answer
        has_choice = len(answer.senses) > 1 or bool(answer.conflicts)
        kind = question_kind(last, language(last) or "en")
        read = reading(question.text, kind, last, has_choice=has_choice)
        if read.prefer or read.exclude:
            prefer, exclude = (
                tuple(name for said in side for name in named(said))
                for side in (read.prefer, read.exclude)
            )
            return Correction(prefer, exclude), read.is_sure
        if disputes(question.text):
            return None, True
    return corrected(question), True


_PRONOUN = re.compile(
    r"\b(?:it|its|he|she|they|them|his|her|their|there|that one|this one|er|sie|es|ihr|dort|él|ella"
    r"|ellos|allí|il|elle|ils|elles|он|она|оно|они|там|el|ea|ei|o|onun|nó|họ)\b|它|他|她",
    re.IGNORECASE,
)


def _leans_on_what_was_said(text: str) -> bool:
    """Whether a question names nothing itself: "And when was it built?"."""
    if entities(text):
        return False
    return len(text.split()) <= 3 or _PRONOUN.search(text) is not None


_QUOTED = re.compile(r"[\"“„«「『《](.{2,60}?)[\"”“»」』》]")


def entities(text: str) -> tuple[str, ...]:
    """Quoted words, and runs of capitalised words that do not merely open the sentence.

    >>> entities("When did Clara Voss leave the Harbour Council?")
    ('Clara Voss', 'Harbour Council')
    """
    found = [each.group(1).strip() for each in _QUOTED.finditer(text)]
    run: list[str] = []
    for number, word in enumerate([*text.split(), ""]):
        bare = word.strip(".,;:!?¿¡()\"“”«»„'’")
        if bare and bare[0].isupper() and not (number == 0 and _opens(bare)):
            run.append(re.sub(r"['’]s$", "", bare))
        elif run:
            found.append(" ".join(run))
            run = []
        if run and word[-1:] in ",;:.!?":
            found.append(" ".join(run))
            run = []
    return tuple(dict.fromkeys(each[:_CUT] for each in found if len(each) > 1))


# Words that open a question in the languages with capital letters; they name nothing.
_OPENER_WORDS = """
    what when where who whom whose which why how is are was were did does do has have can could
    will would should in on at the a an since during after before according
    was wer wann wo wie wieso warum welche welcher welches wem wen ist sind hat haben
    qué quién cuándo dónde cómo por cuál cuáles cuánto cuántos cuántas en el la los las
    qui que quand où comment pourquoi quel quelle quels quelles combien est
    chi che cosa quando dove come perché quale quanti
    ce cine când unde cum de care câți câte cât în
    что кто когда где как почему какой какая какие сколько в
    τι ποιος ποια ποιο πότε πού πώς γιατί πόσο πόσοι πόσα
    ne kim nerede nasıl neden hangi kaç
    ai gì khi nào ở đâu tại sao bao
"""
_OPENERS = frozenset(_OPENER_WORDS.split())


def _opens(word: str) -> bool:
    return word.casefold() in _OPENERS


_PRIVATE = re.compile(
    r"\b(?:home|private|residential) address\b"
    r"|\b(?:home|private|personal|mobile|cell) (?:phone )?(?:number|e-?mail)\b"
    r"|\bwhere (?:does|do) @\S+ (?:live|sleep|work)\b"
    r"|\b(?:password|passwort|contraseña|пароль)s? (?:of|for|to|von|de)\b"
    r"|\b\S+['’]s? password\b|\b(?:passport|social security|credit card|bank account) numbers?\b"
    r"|\bprivatadresse\b|\bprivate (?:adresse|telefonnummer)\b|\bdirección (?:particular|privada)\b"
    r"|\bадрес проживания\b|\bдомашний (?:адрес|телефон)\b|家庭住址|身份证号|私人电话",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^(?:(?:hello|hi|hey|thanks?(?: you)?|good (?:morning|evening)|hallo|danke|hola|gracias"
    r"|bonjour|merci|salut|привет|спасибо|γεια|merhaba|xin chào|你好|谢谢"
    r"|مرحبا|नमस्ते|สวัสดี)[\s,.!?]*)+$",
    re.IGNORECASE,
)


def declined(text: str) -> Declined:
    """Whether nothing is asked, or something that is nobody's business.

    >>> declined("What is the home address of Clara Voss?")
    <Declined.PRIVATE: 'private'>
    """
    if not any(c.isalnum() for c in text) or _GREETING.match(text):
        return Declined.NOTHING_ASKED
    return Declined.PRIVATE if _PRIVATE.search(text) else Declined.NO
