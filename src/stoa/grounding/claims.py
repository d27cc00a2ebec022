"""Sentences of a draft as atomic claims: one statement each, each readable by itself.

English is split at joined clauses, at joined verbs with one subject, at relative clauses and at
lists of plain things, each only where the parts are sure to be sentences. Other languages are cut
at semicolons. What cannot be checked (a greeting, a question, an offer of help) is no claim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from stoa.grounding.clauses import (
    PRONOUNS,
    begins_with_verb,
    has_verb,
    is_subject,
    is_verb,
    subject_of,
    with_subject,
)

_SHORTEST = 8  # characters of a part that may stand alone
_JOINED = re.compile(
    r"\s*;\s+|,?\s+(?:and|but|while|whereas|although|though)\s+|,\s+(?:so|yet)\s+|,\s+"
)
_RELATIVE = re.compile(
    r"^(?P<head>[^,;]{2,80}), (?P<which>which|who) (?P<said>[^,;]{6,160}?)(?:, (?P<rest>.+))?$"
)
_TAIL = re.compile(r"^(?P<main>.+?), (?P<which>which|who) (?P<said>[^,;]{6,160})$")
_LIST = re.compile(r"^(?P<first>[^,;]+)(?P<others>(?:, [^,;]{2,40})+,? and [^,;]{2,40})$")
_HELD = re.compile(
    r"\b(?:said|says|say|told|claim(?:s|ed)?|believe[sd]?|think[s]?|thought|argue[sd]?|denie[sd]|hope[sd]?"
    r"|report(?:s|ed)?|according|allege[sd]?|if|unless|whether|because|neither|either|both|between)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"[?？؟;]\s*[\"'”’»)\]]*$")
_CHATTER = re.compile(
    r"^(?:(?:hi|hello|hey|dear|greetings|good (?:morning|day|evening))\b[^.]{0,40}[.!,]?$"
    r"|(?:thanks|thank you|you(?:'|’)re welcome|sorry|great question|good question|sure|certainly"
    r"|of course|absolutely|okay|ok|happy to help|no problem|cheers|haha|lol)\b"
    r"|(?:i hope|let me know|feel free|please (?:note|let|feel)|hope (?:this|that) helps"
    r"|if you (?:have|need|want|would like)|as an ai|i(?:'|’)m (?:an ai|just|happy|glad|sorry)"
    r"|i am (?:an ai|just|happy|glad|sorry)"
    r"|i (?:can|cannot|can(?:'|’)t|will|would) (?:help|only|not)"
    r"|here (?:is|are) (?:what|the|a|my|some)|in (?:summary|short|conclusion)[:.]?$|let(?:'|’)s )"
    r"|(?:hallo|guten tag|danke|gern geschehen|ich hoffe|hola|gracias|espero que|salut|bună|merhaba"
    r"|teşekkür|привет|здравствуйте|спасибо|γεια|ευχαριστώ|xin chào|cảm ơn|你好|谢谢|สวัสดี|ขอบคุณ"
    r"|नमस्ते|धन्यवाद|مرحبا|شكرا|mulțumesc|nu ezita|lassen sie mich)\b)",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"\b(?:the|an?|every) (?:the|an?|of|is|was|are|on|in|at|to|and|or)\b"
    r"|\b(?:the|an?|every|and|or)[.!\s]*$"
)
"""What no English sentence has; words that were shaken show it."""
_LETTER = re.compile(r"[^\W_]")


def is_checkable(sentence: str) -> bool:
    """Whether a sentence states something that a source could bear out.

    >>> is_checkable("The mill was built in 1840."), is_checkable("Hope this helps!")
    (True, False)
    >>> is_checkable("Who built it?")
    False
    """
    text = sentence.strip()
    if len(_LETTER.findall(text)) < 2 or text.endswith(":") or _BROKEN.search(text):
        return False
    return not _asks(text) and not _CHATTER.match(text.lstrip("*_-#>• "))


def _asks(text: str) -> bool:
    found = _ASKS.search(text)
    if found is None:
        return False
    # A semicolon ends a question in Greek alone.
    return not found.group().startswith(";") or bool(re.search(r"[\u0370-\u03ff]", text))


def atomic_claims(sentence: str, before: Sequence[str] = (), lang: str = "en") -> tuple[str, ...]:
    """The statements of one sentence, in order; none where it states nothing.

    Args:
        sentence: one sentence of a draft.
        before: the sentences before it, the nearest last: what a pronoun may stand for.
        lang: BCP 47; only English is taken apart beyond semicolons.

    >>> atomic_claims("It opened in 1911 and closed in 1950.", ("The mill is by the river.",))
    ('The mill opened in 1911.', 'The mill closed in 1950.')
    >>> atomic_claims("The bridge, which was built in 1840, has three arches.")
    ('The bridge was built in 1840.', 'The bridge has three arches.')
    """
    text = sentence.strip()
    if not is_checkable(text):
        return ()
    if lang.split("-")[0] not in ("en", ""):
        parts = [part.strip() for part in re.split(r"[;；؛]\s*", text)]
        return tuple(part for part in parts if len(part) >= _SHORTEST) or (text,)
    text = resolved(text, before)
    end = text[-1] if text[-1] in ".!…" else "."
    clauses = [piece for part in _relatives(text.rstrip(".!…")) for piece in _joined(part)]
    claims = [piece for clause in clauses for piece in _listed(clause)]
    return tuple(f"{_upper(claim.strip())}{end}" for claim in claims)


def resolved(sentence: str, before: Sequence[str]) -> str:
    """The sentence with an opening pronoun replaced by the subject of the sentence before it.

    Only where that subject is clear; `She`, `He` and `They` need a name or a plural there.

    >>> resolved("She left in 1920.", ("Ada Roth ran the library.",))
    'Ada Roth left in 1920.'
    >>> resolved("It rained.", ())
    'It rained.'
    """
    words = sentence.split(" ", 1)
    if len(words) < 2 or not before or words[0].casefold() not in PRONOUNS:
        return sentence
    pronoun, rest = words[0].casefold(), words[1]
    if not begins_with_verb(rest):
        return sentence
    subject = subject_of(before[-1])
    if not subject or subject.split(" ")[0].casefold() in PRONOUNS or not is_subject(subject):
        return sentence
    is_name = subject[0].isupper() and not subject.startswith(("The ", "A ", "An "))
    if pronoun in ("he", "she") and not is_name:
        return sentence
    return f"{subject} {rest}"


def _relatives(text: str) -> list[str]:
    """From "A, which was B, did C": "A was B" and "A did C"."""
    found = _RELATIVE.match(text)
    if found and found["rest"] and not has_verb(found["head"]):
        head, said, rest = found["head"], found["said"], found["rest"]
        if begins_with_verb(said) and begins_with_verb(rest):
            return [f"{head} {said}", f"{head} {rest}"]
    tail = _TAIL.match(text)
    if tail and begins_with_verb(tail["said"]):
        thing = _last_thing(tail["main"])
        if thing:
            return [tail["main"], f"{_upper(thing)} {tail['said']}"]
    return [text]


_THING = re.compile(
    r"\b(?P<thing>(?:the|a|an|its|their|his|her) (?:[\w'’-]+ ){0,3}[\w'’-]+"
    r"|(?:[A-Z][\w'’-]+)(?: (?:of |de |von |van )?[A-Z][\w'’-]+)*)$"
)


def _last_thing(text: str) -> str:
    """The noun phrase that a clause ends with, where it is plain which one that is."""
    found = _THING.search(text)
    if found is None or re.search(r"\b(?:of|in|at|on|for|with|by|to|and)\b", found["thing"]):
        return ""
    thing = found["thing"]
    return re.sub(r"^(?:a|an) ", "the ", thing, flags=re.IGNORECASE)


def _joined(text: str) -> list[str]:
    """Clauses joined by a conjunction, each with its subject; the text itself where unsure."""
    for found in _JOINED.finditer(text):
        left, right = text[: found.start()], text[found.end() :]
        if (
            len(left) < _SHORTEST
            or len(right) < _SHORTEST
            or _is_inside_quotes(text, found.start())
        ):
            continue
        if not has_verb(left):
            continue
        # What follows "he said that" or "if" is said or supposed, and so is what it is joined to.
        if _HELD.search(left):
            return [text]
        subject = subject_of(left)
        if begins_with_verb(right) and subject and is_subject(subject):
            return [left, *_joined(with_subject(subject, left, right))]
        if found.group().strip() != "," and is_clause(right):
            opening = right.split(" ", 1)
            if opening[0].casefold() in PRONOUNS:
                right = resolved(right, (left,))
            return [left, *_joined(_upper(right))]
    return [text]


def is_clause(text: str) -> bool:
    """Whether a text is a subject with its verb: what may stand as a sentence.

    >>> is_clause("the mayor opened it"), is_clause("three arches")
    (True, False)
    """
    subject = subject_of(text)
    return bool(subject) and is_subject(subject)


def _listed(text: str) -> list[str]:
    """Such as "A sells X, Y and Z" as three statements, where X, Y and Z are plain things.

    Only where the list follows the verb at once, so that it is known where its first thing begins.
    """
    found = _LIST.match(text)
    subject = subject_of(text)
    if found is None or not is_subject(subject) or _HELD.search(text):
        return [text]
    said = found["first"][len(subject) :].split()
    verbs = next((i for i, word in enumerate(said) if not _leads(word, said[:i])), len(said))
    head, first = [subject, *said[:verbs]], said[verbs:]
    items = re.split(r",? and |, ", found["others"].removeprefix(", "))
    if not 0 < len(first) <= 3 or any(len(item.split()) > 3 or has_verb(item) for item in items):
        return [text]
    return [" ".join([*head, item]) for item in (" ".join(first), *items)]


def _leads(word: str, before: Sequence[str]) -> bool:
    """Whether a word still belongs to the verb: itself a verb, or "not" and its like after one."""
    return is_verb(word) or (bool(before) and word in ("not", "never", "also", "only"))


def _is_inside_quotes(text: str, at: int) -> bool:
    before = text[:at]
    return before.count('"') % 2 == 1 or before.count("“") > before.count("”")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
