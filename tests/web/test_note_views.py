"""What views of notes decide: the picture of ratings, the words of rules, names of pseudonyms."""

from hypothesis import given
from hypothesis import strategies as st

from stoa.bridging.meta import META_RULES
from stoa.bridging.meta_rules import label
from stoa.bridging.rules import RULE_NAMES
from stoa.note_records import TAGS, Enrollment, Status
from stoa.own_notes import REASONS, Level
from stoa.web.views.note_axis import WIDTH, axis_picture
from stoa.web.views.note_words import (
    REASON_WORDS,
    STATE_WORDS,
    STATUS_WORDS,
    TAG_WORDS,
    rule_words,
)
from stoa.web.views.pen_names import pen_name

factors = st.one_of(st.none(), st.floats(-5, 5))
ratings = st.lists(st.tuples(factors, st.sampled_from(Level)), max_size=300)


@given(ratings)
def test_every_placed_rating_is_a_dot_inside_the_picture(given_ratings):
    picture = axis_picture(given_ratings)
    placed = [(factor, level) for factor, level in given_ratings if factor is not None]
    if not placed:
        assert picture is None
        return
    dots = [dot for row in picture.rows for dot in row.dots]
    assert len(dots) == len(placed)
    for row in picture.rows:
        for dot in row.dots:
            assert row.radius <= dot.x <= WIDTH - row.radius
            assert row.label_y < dot.y - row.radius + 4
            assert dot.y + row.radius <= row.base_y <= picture.height
    assert bool(picture.unplaced) == (len(placed) < len(given_ratings))


@given(ratings)
def test_turning_the_axis_around_turns_the_picture_around(given_ratings):
    turned = [(None if f is None else -f, level) for f, level in given_ratings]
    one, other = axis_picture(given_ratings), axis_picture(turned)
    if one is not None:
        for row, mirrored in zip(one.rows, other.rows, strict=True):
            here = sorted(dot.x for dot in row.dots)
            there = sorted(WIDTH - dot.x for dot in mirrored.dots)
            assert all(abs(a - b) <= 17 for a, b in zip(here, there, strict=True))


def test_everything_published_has_words():
    assert set(TAG_WORDS) == set(TAGS)
    assert set(REASON_WORDS) == set(REASONS)
    assert len(set(TAG_WORDS.values())) >= len(TAGS) - 2  # "other" and "out of date" on both sides
    decided = {Status.NEEDS_MORE_RATINGS, Status.CURRENTLY_RATED_HELPFUL}
    assert decided < set(STATUS_WORDS)
    assert set(STATE_WORDS) >= {state for state in Enrollment if state <= Enrollment.REMOVED}
    small_square = {"MetaInitialNMR", "CoreModel", "NmrDueToMinStableCrhTime", "ScoringDriftGuard"}
    for name in (*RULE_NAMES, *map(label, META_RULES)):
        if name in RULE_NAMES or name.partition(" ")[0] in small_square:
            assert name not in rule_words(name), name


@given(st.binary(min_size=32, max_size=32))
def test_a_pseudonym_has_one_short_name(digest):
    name = pen_name(digest.hex())
    assert name == pen_name(digest.hex())
    assert len(name) < 32
    assert name.endswith(digest.hex()[:4])
