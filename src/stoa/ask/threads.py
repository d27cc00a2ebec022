"""A thread of questions: bounded in size, and not to be talked out of what the sources say.

Pushback is no evidence. After "no, that is wrong" the question before it is answered again from
the sources; only a source that was not there before can change the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from stoa.ask.turn_words import CLAIMS, OBJECTS
from stoa.ask_records import Answer, Claim, Question, Turn

MAX_TURNS = 8
MAX_TURN_CHARS = 1_000
MAX_CLAIMS = 12


def bounded(thread: Iterable[Turn]) -> tuple[Turn, ...]:
    """The last turns of a thread, each without what no later turn needs.

    A thread travels with every question: its size is bounded so that a long talk costs no more
    than a short one.
    """
    return tuple(_slim(turn) for turn in tuple(thread)[-MAX_TURNS:])


def _slim(turn: Turn) -> Turn:
    answer = replace(turn.answer, claims=turn.answer.claims[:MAX_CLAIMS], followups=())
    return Turn(turn.question[:MAX_TURN_CHARS], answer)


def withdrawn(thread: Iterable[Turn], excluded: Iterable[str]) -> tuple[Claim, ...]:
    """Claims of earlier answers that rest on sources of a sense that was not meant.

    A claim is named once, in the order in which it was first made.
    """
    wrong = frozenset(excluded)
    taken = (
        claim
        for turn in thread
        for claim in turn.answer.claims
        if any(span.source in wrong for span in claim.cites)
    )
    return tuple(dict.fromkeys(taken))


_PUSHBACK = re.compile(
    r"^\W*(?:(?:no|nope|nah|wrong|incorrect|false|nonsense|rubbish)\b(?!\s+one\b)"
    r"|(?:that|this|it)(?:['’]?s| is| was)? (?:not (?:true|right|correct|so)|wrong|false|incorrect"
    r"|nonsense|rubbish|ridiculous|absurd|impossible|a lie)\b"
    r"|(?:that|this|it) (?:isn['’]?t|can(?:no|['’])t be|doesn['’]?t)\b"
    r"|you(?:['’]re| are|r)? (?:wrong|mistaken|lying|incorrect|confused)"
    r"|i (?:don['’]?t|do not|cannot|can['’]t) believe"
    r"|i (?:disagree|doubt)|are you (?:really )?sure|really\W*$|everybody knows|everyone knows"
    r"|nein\b|falsch\b|(?:das|es) (?:stimmt nicht|ist (?:falsch|nicht (?:wahr|richtig)))"
    r"|du irrst|unsinn\b"
    r"|(?:no\s+)?(?:eso )?(?:no es (?:verdad|cierto|correcto|así)|es (?:falso|mentira|incorrecto))"
    r"|te equivocas"
    r"|non\b|c['’]est faux|ce n['’]est pas (?:vrai|exact)|vous vous trompez|tu te trompes"
    r"|нет\b|неправда|неверно|это не (?:так|правда)|вы ошибаетесь|ты ошибаешься"
    r"|όχι\b|λάθος|δεν είναι (?:αλήθεια|σωστό)|nu\b|greșit|nu e(?:ste)? (?:adevărat|corect)"
    r"|hayır\b|yanlış|doğru değil|sai rồi|không (?:đúng|phải)|不对|不是这样|错了|你错了|不正确"
    r"|لا\b|خطأ|هذا (?:غير صحيح|ليس صحيحا)|नहीं|गलत|यह (?:गलत|सही नहीं)|ไม่ใช่|ผิด|ไม่จริง)",
    re.IGNORECASE,
)
_ASKS_ANEW = re.compile(
    r"\b(?:what|when|where|who|which|why|how|was|wer|wann|wo|wie|qué|quién|cuándo|dónde|quand|où|qui"
    r"|что|кто|когда|где|τι|ποιος|ce|cine|ne|kim|gì|ai)\b[^.!]*[?？]",
    re.IGNORECASE,
)
_BRINGS = re.compile(
    r"https?://\S+|\bat://\S+|[\"“„«「](.{12,}?)[\"”“»」]"
    r"|\b(?:according to|see|read|per|laut|según|selon|согласно)\s+(?:the\s+)?(\S.{2,80})",
    re.IGNORECASE,
)


def is_pushback(question: Question) -> bool:
    """Whether this turn only objects to the answer before it.

    A turn that asks something new, or says which sense was meant, is no pushback (the second is
    for `correction.corrected` to see, which is asked first).
    """
    text = " ".join(question.text.split())
    if not question.thread or _ASKS_ANEW.search(text):
        return False
    objects = _PUSHBACK.match(text) or OBJECTS.search(text)
    return bool(objects or ("?" not in text and CLAIMS.search(text)))


def brought(text: str) -> str:
    """What an objection points to as a source: an address, quoted words, "according to ...".

    >>> brought("No. According to the harbour register it was 1871.")
    'the harbour register it was 1871'
    >>> brought("No, it was 1871!")
    ''
    """
    found = _BRINGS.search(text)
    if found is None:
        return ""
    return re.sub(
        r"^(?:according to|see|read|per|laut|según|selon|согласно)\s+",
        "",
        found.group(),
        flags=re.IGNORECASE,
    ).strip(" .!?")


def flips_without_evidence(before: Answer, now: Answer) -> bool:
    """Whether `now` says something else than `before` on sources that `before` already had.

    The guard against being talked round, for flows with a model in them: where this holds after
    pushback, the claims of `before` are checked again and kept. A source that is new, gone, or
    worded otherwise is a reason to change, and then this is False.
    """
    if before.abstained or not before.claims or _leads_with(now, before.claims[0]):
        return False
    known = {source.id: source.text for source in before.sources}
    held = {source.id: source.text for source in now.sources}
    ours = {span.source for claim in before.claims[:1] for span in claim.cites}
    theirs = {span.source for claim in now.claims for span in claim.cites}
    changed = any(each in held and held[each] != known.get(each) for each in ours)
    return not changed and theirs <= known.keys()


def _leads_with(answer: Answer, claim: Claim) -> bool:
    """Whether an answer begins with this claim, whatever its verdict is by now."""
    first = answer.claims[0] if answer.claims else None
    return first is not None and (first.text, first.cites) == (claim.text, claim.cites)
