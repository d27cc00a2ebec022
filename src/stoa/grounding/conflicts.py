"""Statements of two sources that cannot both be so: shown side by side, the stronger one named.

Two sentences conflict where they speak of one thing (most words shared, no other name in its place)
and differ in a number or date of one kind, or in a negation. A note that is shown on a post speaks
against it unless it says the same. Nothing here weighs who is right: a tier does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from stoa.ask_records import Claim, Conflict, Source, SourceKind, Tier, Verdict
from stoa.grounding.alignment import Statement, carried, statements
from stoa.grounding.alike_amounts import Amount, amounts_in
from stoa.grounding.bars import elsewhere, lacks_part, of_another_thing
from stoa.grounding.clauses import subject_of
from stoa.grounding.coverage import Heard
from stoa.grounding.polarity import n_negations, turned_words
from stoa.grounding.quantities import Kind, Quantity, names, quantities
from stoa.grounding.rival_answers import rival_values
from stoa.grounding.tiers import outranks
from stoa.grounding.words import STOPWORDS, stem, tokens

_SAME_THING = 0.6
"""Share of the shorter statement's words that the longer must hold."""
_SAME_WORDS = 0.75  # the same, where no subject tells what is spoken of
_DAYS = (Kind.DATE, Kind.YEAR)


class Difference(StrEnum):
    """In what two statements of one thing differ."""

    AMOUNT = "number"
    DATE = "date"
    POLARITY = "polarity"
    NOTE = "note"  # a shown note says something else
    ANSWER = "answer"  # both answer the question, with other things


@dataclass(frozen=True, slots=True)
class Clash:
    """A difference and the words on either side that show it."""

    difference: Difference
    first: str
    second: str

    @property
    def sentence(self) -> str:
        """The difference as a short sentence.

        >>> Clash(Difference.DATE, "1911", "1913").sentence
        'They differ in a date: 1911 and 1913.'
        """
        if self.difference is Difference.NOTE:
            return "A note shown on the post disagrees."
        if self.difference is Difference.POLARITY:
            return "One says what the other denies."
        article = "the" if self.difference is Difference.ANSWER else "a"
        return f"They differ in {article} {self.difference}: {self.first} and {self.second}."


def clash_of(one: str, other: str, lang: str = "en") -> Clash | None:
    """The difference between two texts that speak of one thing, or None.

    >>> clash_of("The mill opened in 1911.", "The old mill opened in 1913.").difference.value
    'date'
    >>> clash_of("The mill opened in 1911.", "The school opened in 1913.") is None
    True
    """
    for first in statements([one]):
        for second in statements([other]):
            if speak_of_one_thing(first, second):
                found = _difference(first, second, lang)
                if found is not None:
                    return found
    return None


def clash_in_answer(
    asked: str, one: str, other: str, lang: str = "en", said: tuple[Heard, Heard] | None = None
) -> Clash | None:
    """The difference of two texts, or of what they answer to a question ("" for none)."""
    found = clash_of(one, other, lang)
    if found is None and asked:
        values = rival_values(asked, one, other, said)
        found = None if values is None else Clash(Difference.ANSWER, *values)
    if found is not None and asked and _of_other_things(asked, one, other, lang, said):
        return None
    return found


def _of_other_things(
    asked: str, one: str, other: str, lang: str, said: tuple[Heard, Heard] | None
) -> bool:
    """Whether one of two texts speaks of another year, place or part than the question."""
    if any(of_another_thing(asked, each, lang) for each in (one, other)):
        return True
    heard = said or (Heard(one, one, "", ""), Heard(other, other, "", ""))
    if lang != "de" and any(elsewhere(asked, each.leaning, lang) for each in heard):
        return True
    return any(lacks_part(asked, f"{h.text} {h.leaning} {h.topic}", lang) for h in heard)


def speak_of_one_thing(first: Statement, second: Statement) -> bool:
    """Whether two statements share most words and neither names somebody else in their place."""
    ours, theirs = unit_stems(first), unit_stems(second)
    shared = ours & theirs
    least = min(len(ours), len(theirs))
    first_head, second_head = _head(first), _head(second)
    wanted = _SAME_THING if first_head and second_head else _SAME_WORDS
    if len(shared) < 2 or len(shared) < wanted * least:
        return False
    if first_head and second_head and not {first_head, second_head} & shared:
        return False
    ours, theirs = _name_words(first), _name_words(second)
    return not (ours - second.stems and theirs - first.stems)


def unit_stems(statement: Statement) -> frozenset[str]:
    """A statement's stems, a name of many words counted as one: its last.

    So it makes no difference to what is compared whose name is the longer.

    >>> said = statements(["The court fined Johan van der Meer."])[0]
    >>> sorted(unit_stems(said))
    ['court', 'fin', 'meer']
    """
    found = statement.stems
    for name in names(statement.text):
        words = [stem(word) for word in tokens(name.text) if word not in STOPWORDS]
        found = found - frozenset(words[:-1])
    return found


def _head(statement: Statement) -> str:
    """The noun that a statement's subject turns on, as a stem; "" where no subject is seen."""
    words = tokens(subject_of(statement.text))
    ends = [at for at, word in enumerate(words) if at > 0 and word in _AFTER_HEAD]
    before = words[: ends[0]] if ends else words
    content = [word for word in before if word not in STOPWORDS]
    return stem(content[-1]) if content else ""


_AFTER_HEAD = frozenset(
    ["of", "in", "at", "on", "for", "from", "with", "by", "near", "under", "over", "behind", "to"]
)


def _name_words(statement: Statement) -> frozenset[str]:
    return frozenset(
        stem(word)
        for name in names(statement.text)
        for word in tokens(name.text)
        if word not in STOPWORDS and not word[:1].isdigit()
    )


def _difference(first: Statement, second: Statement, lang: str) -> Clash | None:
    turned = turned_words(first.text, [second], lang)
    clash = None if turned else _other_day(first, second) or _other_amount(first, second)
    if clash is not None:
        return clash
    one, other = unit_stems(first), unit_stems(second)
    shared = len(one & other) / max(len(one | other), 1)
    if shared < _SAME_THING:
        return None
    if turned and n_negations(first.text, lang) + n_negations(second.text, lang) < 3:
        return Clash(Difference.POLARITY, turned[0], "")
    return None


def _other_day(first: Statement, second: Statement) -> Clash | None:
    ours, theirs = ([q for q in quantities(e.text) if q.kind in _DAYS] for e in (first, second))
    pairs = [(a, b) for a in ours for b in theirs]
    if not pairs or any(a.same_as(b) for a, b in pairs):
        return None
    return _clash(Difference.DATE, first, second, pairs[0])


def _other_amount(first: Statement, second: Statement) -> Clash | None:
    """Amounts of one unit or measure, none of which may be the other."""
    ours, theirs = amounts_in(first.text), amounts_in(second.text)
    pairs = [(a, b) for a in ours for b in theirs if _one_kind(a, b)]
    if not pairs or any(a.alike(b) for a, b in pairs):
        return None
    return _clash(Difference.AMOUNT, first, second, (pairs[0][0].quantity, pairs[0][1].quantity))


def _clash(
    difference: Difference, first: Statement, second: Statement, pair: tuple[Quantity, Quantity]
) -> Clash:
    a, b = pair
    said = (first.text[a.start : a.end].strip(), second.text[b.start : b.end].strip())
    return Clash(difference, *said)


def _one_kind(a: Amount, b: Amount) -> bool:
    if a.measure or b.measure:
        return a.measure == b.measure
    return a.quantity.kind is b.quantity.kind and a.quantity.unit == b.quantity.unit


def conflicts_between(
    claims: Sequence[Claim], sources: Mapping[str, Source], lang: str = "en", asked: str = ""
) -> tuple[Conflict, ...]:
    """The claims that clash: one conflict for each two sources that contradict each other.

    Args:
        claims: with their cites; those of one source do not conflict with each other.
        sources: what they cite, by id.
        lang: for the words that negate.
        asked: the question, by which other names and places are seen to be rivals.
    """
    found: dict[tuple[str, str], Conflict] = {}
    for i, one in enumerate(claims):
        for other in claims[i + 1 :]:
            first, second = _source(one, sources), _source(other, sources)
            if first is None or second is None or first.id == second.id:
                continue
            clash = note_clash(one, first, other, second) or clash_in_answer(
                asked, one.text, other.text, lang, (_said(one, first), _said(other, second))
            )
            if clash is None:
                continue
            above = stronger(first, second)
            if clash.difference is Difference.NOTE and above is not None:
                # A post is not the stronger one for its tier where readers agreed on a note.
                above = above if (first, second)[above].kind is SourceKind.NOTE else None
            key = (min(first.id, second.id), max(first.id, second.id))
            new = Conflict((one, other), above, clash.sentence)
            found[key] = _together(found[key], new) if key in found else new
    return tuple(found.values())


def _together(held: Conflict, new: Conflict) -> Conflict:
    """Two conflicts of the same two sources as one."""
    more = tuple(claim for claim in new.claims if claim not in held.claims)
    return Conflict((*held.claims, *more), held.stronger, held.why)


def _said(claim: Claim, source: Source) -> Heard:
    """A claim as a reader of its source hears it."""
    own = next((span for span in claim.cites if span.source == source.id), None)
    if own is None:
        return Heard(claim.text, claim.text, "", "")
    return Heard.of(own, source)


def note_clash(one: Claim, first: Source, other: Claim, second: Source) -> Clash | None:
    """The clash of a post's claim with a note shown on that post, whichever comes first."""
    for note, post, said, told in ((first, second, one, other), (second, first, other, one)):
        if note.kind is SourceKind.NOTE and note.about == post.id and not _agree(said, told):
            return Clash(Difference.NOTE, said.text, told.text)
    return None


def _agree(note: Claim, post: Claim) -> bool:
    """Whether a note says the same as the post: its words, its numbers and no other polarity."""
    said, told = carried(note.text), carried(post.text)
    if not told or len(said & told) < 0.8 * len(told):
        return False
    return clash_of(note.text, post.text) is None


def stronger(first: Source, second: Source) -> int | None:
    """0 or 1 for the source that outranks the other, None where neither does."""
    if outranks(first, second):
        return 0
    return 1 if outranks(second, first) else None


def with_conflicts(
    claims: Sequence[Claim], conflicts: Sequence[Conflict], sources: Mapping[str, Source]
) -> tuple[tuple[Claim, ...], tuple[Conflict, ...]]:
    """The claims with the verdicts that their conflicts leave them, and the conflicts of those.

    The weaker side of a conflict is refuted where the stronger is a record's own words, and
    disputed where another outranks it; sides of equal tier are both disputed. The stronger side
    stands, except that a post is disputed by a note that is shown on it, whatever the tiers.
    """
    verdicts: dict[Claim, Verdict] = {}
    for conflict in conflicts:
        for side, claim in enumerate(conflict.claims):
            lowered = _lowered(claim, side, conflict, sources)
            if lowered is not None and verdicts.get(claim) is not Verdict.REFUTED:
                verdicts[claim] = lowered
    changed = {claim: _changed(claim, verdicts.get(claim), conflicts) for claim in claims}
    renewed = tuple(
        Conflict(
            tuple(changed.get(claim, claim) for claim in conflict.claims),
            conflict.stronger,
            conflict.why,
        )
        for conflict in conflicts
    )
    return tuple(changed[claim] for claim in claims), renewed


def _lowered(
    claim: Claim, side: int, conflict: Conflict, sources: Mapping[str, Source]
) -> Verdict | None:
    """The verdict that a conflict leaves to one of its sides; None where it stands."""
    own = _source(claim, sources)
    if conflict.stronger is not None and own == _source(
        conflict.claims[conflict.stronger], sources
    ):
        side = conflict.stronger
    others = [_source(each, sources) for each in conflict.claims if each != claim]
    is_noted = own is not None and any(
        each is not None and each.kind is SourceKind.NOTE and each.about == own.id
        for each in others
    )
    if conflict.stronger == side:
        return Verdict.DISPUTED if is_noted else None
    if conflict.stronger is None:
        is_note = own is not None and own.kind is SourceKind.NOTE
        is_on_other = any(each is not None and own and own.about == each.id for each in others)
        return None if is_note and is_on_other else Verdict.DISPUTED
    winner = conflict.claims[conflict.stronger]
    source = _source(winner, sources)
    is_exact = winner.verdict in (Verdict.QUOTED, Verdict.SUPPORTED)
    is_record = source is not None and source.tier is Tier.RECORD
    return Verdict.REFUTED if is_exact and is_record else Verdict.DISPUTED


def _changed(claim: Claim, verdict: Verdict | None, conflicts: Sequence[Conflict]) -> Claim:
    if verdict is None:
        return claim
    whys = dict.fromkeys(each.why for each in conflicts if claim in each.claims)
    return Claim(claim.text, claim.cites, verdict, claim.probability, tuple(whys))


def _source(claim: Claim, sources: Mapping[str, Source]) -> Source | None:
    cited = [sources[span.source] for span in claim.cites if span.source in sources]
    return min(cited, key=lambda each: each.tier, default=None)
