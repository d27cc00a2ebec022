"""What the last run found out, as a text to be kept beside the log."""

from __future__ import annotations

import json

from stoa.own_notes import NO_FINDINGS, Findings, NoteFinding, NoteId, Pseudonym, RaterFinding


def encode_findings(found: Findings) -> str:
    """Findings as JSON."""
    notes = {
        note: [n.intercept, n.factor, n.bound, list(n.tags)] for note, n in found.notes.items()
    }
    raters = {
        who: [r.factor, r.rating_impact, r.helpful_notes, r.not_helpful_notes]
        for who, r in found.raters.items()
    }
    return json.dumps([found.run, notes, raters], separators=(",", ":"))


def decode_findings(text: str) -> Findings:
    """Findings as they were kept; none where nothing was.

    >>> decode_findings("") is NO_FINDINGS
    True
    """
    if not text:
        return NO_FINDINGS
    run, notes, raters = json.loads(text)
    return Findings(
        run,
        {
            NoteId(int(n)): NoteFinding(i, f, rule, tuple(tags))
            for n, (i, f, rule, tags) in notes.items()
        },
        {Pseudonym(who): RaterFinding(*values) for who, values in raters.items()},
    )
