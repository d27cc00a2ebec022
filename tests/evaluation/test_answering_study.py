import gzip
import json
from dataclasses import replace

import numpy as np
import pytest

from stoa.errors import BadTable
from stoa.evaluation.answering_episodes import ARTICLES, PARAGRAPHS, episodes, kept
from stoa.evaluation.answering_fit import FitConfig, all_rows, fit_answering, held_out_logits
from stoa.evaluation.answering_rows import fold_of, holds
from stoa.evaluation.answering_study import ALL, StudyConfig, study_answering
from stoa.evaluation.answering_variants import narrowed, renamed
from stoa.grounding.answering import AnsweringModel
from stoa.tables.xquad_files import read_xquad_answers

PLACES = ["Arden", "Belling", "Corrow", "Dunmere", "Elsby", "Farrow", "Gilling", "Hexley"]
THINGS = ["bridge", "library", "harbour", "theatre"]
PEOPLE = ["Ada Brant", "Olaf Munk", "Ines Caro", "Tom Reed", "Lena Voss", "Ravi Nair"]


def paragraph(place: int, thing: int) -> tuple[str, list[tuple[str, str]]]:
    who, year = PEOPLE[(place + 2 * thing) % len(PEOPLE)], str(1800 + 7 * place + 31 * thing)
    name = f"{THINGS[thing]} of {PLACES[place]}"
    text = (
        f"The {name} was built by {who} after a long quarrel. It opened in {year} and drew "
        f"crowds from the whole valley. Today the people of {PLACES[place]} paint it every spring."
    )
    return text, [(f"Who built the {name}?", who), (f"When did the {name} open?", year)]


@pytest.fixture(scope="module")
def xquad_like(tmp_path_factory):
    """A folder as XQuAD's: eight articles of three or four paragraphs, made up."""
    articles = []
    for place in range(len(PLACES)):
        paragraphs = []
        for thing in range(len(THINGS) - place % 2):
            text, asked = paragraph(place, thing)
            qas = [
                {"question": q, "answers": [{"text": a, "answer_start": text.index(a)}]}
                for q, a in asked
            ]
            paragraphs.append({"context": text, "qas": qas})
        articles.append({"title": PLACES[place], "paragraphs": paragraphs})
    folder = tmp_path_factory.mktemp("data") / "xquad"
    folder.mkdir()
    with gzip.open(folder / "xquad.en.json.gz", "wt") as file:
        json.dump({"data": articles}, file)
    return folder


def test_half_of_the_paragraphs_is_taken_away_and_their_questions_have_no_answer(xquad_like):
    found = list(episodes(xquad_like, 0))
    read = read_xquad_answers(xquad_like, "en")
    there = kept(read, 0, PARAGRAPHS)
    assert there.sum() == len(read.paragraphs) // 2
    for each, asked in zip(found, read.questions, strict=True):
        assert (each.gold is not None) == bool(there[asked.paragraph])
        ids = {source.id for source in each.evidence.sources}
        assert ids <= {f"document:{at}" for at in np.flatnonzero(there)}


def test_articles_are_taken_away_whole(xquad_like):
    read = read_xquad_answers(xquad_like, "en")
    there, article = kept(read, 3, ARTICLES), np.array(read.article)
    assert all(len(set(there[article == each].tolist())) == 1 for each in set(read.article))


def test_the_answer_begins_at_its_byte(xquad_like):
    read = read_xquad_answers(xquad_like, "en")
    for each in episodes(xquad_like, 1):
        if each.gold is not None:
            text = read.paragraphs[int(each.gold[0].split(":")[1])].encode()
            assert text[each.gold[1] :].decode().startswith(each.answers[0])


def test_articles_keep_their_fold_whatever_others_there_are():
    assert fold_of(np.array([3, 5]))[0] == fold_of(np.array([3]))[0]
    assert len(set(fold_of(np.arange(24)).tolist())) == 5


def test_a_right_answer_must_stand_in_the_first_six_hundred_characters():
    assert holds(["The  Moon"], "x the moon y", "en")
    assert not holds(["moon"], "x" * 600 + "moon", "en")
    assert not holds(["月亮"], "字" * 160 + "月亮", "zh")


@pytest.fixture(scope="module")
def study(xquad_like):
    config = StudyConfig(fit=FitConfig(seeds=(0, 1)))
    return study_answering(xquad_like, config, 0, lambda _: None)


def test_the_study_finds_most_answers_and_notices_most_absences(study):
    found = study.by_language[ALL]
    assert found.n_questions == 2 * 56
    assert found.right_of_answerable.mean > 0.5
    assert found.unanswerable_recognised.mean > 0.8


def test_the_shares_agree_with_each_other(study):
    found = study.by_language["en"]
    can = 0.5  # half of the questions, by how the set is made
    right = found.right_of_answerable.mean * can + found.unanswerable_recognised.mean * (1 - can)
    assert found.right_of_all.mean == pytest.approx(right, abs=0.02)
    assert found.sure_of_answerable.mean <= 1


def test_baselines_know_nothing_of_absence(study):
    never = study.baselines["never answers"]
    always = study.baselines["the first source's beginning, always"]
    assert never.unanswerable_recognised.mean == 1
    assert never.right_of_answerable.mean == 0
    assert always.unanswerable_recognised.mean == 0


def test_training_twice_gives_the_same_weights_and_they_can_be_used(xquad_like):
    config = FitConfig(seeds=(0,))
    one, other = fit_answering(xquad_like, config), fit_answering(xquad_like, config)
    assert one == other
    AnsweringModel.of(one)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(BadTable):
        read_xquad_answers(tmp_path, "en")


def test_held_out_log_odds_do_not_hang_on_the_rows_they_are_of(xquad_like):
    rows = all_rows(xquad_like, FitConfig(seeds=(0,))).rows
    fold = rows.fold[0]
    turned = replace(rows, is_right=np.where(rows.fold == fold, ~rows.is_right, rows.is_right))
    here = rows.fold == fold
    assert np.allclose(held_out_logits(rows)[here], held_out_logits(turned)[here])


def test_the_command_tells_every_figure(study):
    from stoa.cli.ask_evaluate_answers import _table, figures

    told = json.loads(json.dumps(figures(study)))
    assert set(told["by_language"]) == {"en", ALL}
    assert set(told["by_seed"]) == {"0", "1"}
    assert "never answers" in _table(study)


def test_variants_have_fewer_sources_or_another_name(xquad_like):
    found = list(episodes(xquad_like, 0))
    asked = {each.number: each for each in found}
    for each in narrowed(found, 0):
        assert 1 <= len(each.evidence.sources) <= 4 or not asked[each.number].evidence.sources
        held = {source.id for source in each.evidence.sources}
        assert each.gold is None or each.gold[0] in held
    others = list(renamed(found, 0))
    assert others
    for each in others:
        assert each.gold is None
        assert asked[each.number].gold is not None
        assert each.question != asked[each.number].question
