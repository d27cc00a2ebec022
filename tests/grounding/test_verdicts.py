from itertools import product

from stoa.ask_records import Verdict
from stoa.grounding.verdicts import MAY_EMIT, Emitter, Finding, decide


def every_finding():
    plug_ins = (None, Verdict.SUPPORTED, Verdict.REFUTED, Verdict.NOT_FOUND)
    for flags in product((False, True), repeat=7):
        for plug_in in plug_ins:
            quote, failed, likely, world, speaker, disputed, overruled = flags
            yield Finding(
                is_quote=quote,
                failures=failed,
                likely=likely,
                plug_in=plug_in,
                states_the_world=world,
                names_speaker=speaker,
                is_disputed=disputed,
                is_overruled=overruled,
            )


def test_nobody_emits_what_they_may_not():
    for finding in every_finding():
        verdict, emitter = decide(finding)
        assert verdict in MAY_EMIT[emitter]


def test_without_a_plug_in_or_a_record_nothing_is_supported_or_refuted():
    for finding in every_finding():
        if finding.plug_in is None and not finding.is_overruled:
            assert decide(finding)[0] not in (Verdict.SUPPORTED, Verdict.REFUTED)


def test_a_failed_check_is_never_outvoted():
    for finding in every_finding():
        if finding.failures:
            assert decide(finding)[0] is Verdict.NOT_FOUND


def test_what_rests_on_hearsay_alone_is_at_most_attributed():
    for finding in every_finding():
        if not finding.states_the_world and not finding.is_quote:
            assert decide(finding)[0] not in (Verdict.LIKELY, Verdict.SUPPORTED)


def test_the_verifier_without_weights_says_likely_at_most():
    assert MAY_EMIT[Emitter.VERIFIER] == {Verdict.LIKELY, Verdict.NOT_FOUND}
