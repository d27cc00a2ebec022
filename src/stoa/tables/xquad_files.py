"""XQuAD: the same questions and paragraphs in twelve languages, with their answers (CC BY-SA)."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from stoa.errors import BadTable

_MEND = "give the folder that holds xquad/xquad.LANG.json.gz"


@dataclass(frozen=True, slots=True)
class XquadQuestion:
    """One question, where its answer stands and how it is written."""

    text: str
    paragraph: int  # index into `Xquad.paragraphs`
    article: int
    answers: tuple[str, ...]
    answer_start: int  # of the first answer, in characters of the paragraph


@dataclass(frozen=True, slots=True)
class Xquad:
    """One language's part; paragraphs, articles and questions have the same order in each."""

    lang: str
    paragraphs: tuple[str, ...]
    article: tuple[int, ...]  # of each paragraph
    questions: tuple[XquadQuestion, ...]


def xquad_codes(folder: Path) -> list[str]:
    """The languages at hand, by code."""
    return sorted(path.name.split(".")[1] for path in folder.glob("xquad.*.json.gz"))


def read_xquad_answers(folder: Path, lang: str) -> Xquad:
    """One language's questions with their answers.

    Raises:
        BadTable: the file is missing or of another shape.
    """
    path = folder / f"xquad.{lang}.json.gz"
    try:
        with gzip.open(path, "rb") as file:
            articles: Any = json.load(file)["data"]
        return _read(lang, cast("list[dict[str, Any]]", articles))
    except (OSError, ValueError, KeyError, TypeError, IndexError) as problem:
        raise BadTable(path.name, str(problem), _MEND) from problem


def _read(lang: str, articles: list[dict[str, Any]]) -> Xquad:
    paragraphs: list[str] = []
    article_of: list[int] = []
    questions: list[XquadQuestion] = []
    for number, article in enumerate(articles):
        for paragraph in article["paragraphs"]:
            for asked in paragraph["qas"]:
                answers = asked["answers"]
                texts = tuple(str(each["text"]) for each in answers)
                start = int(answers[0]["answer_start"])
                at = len(paragraphs)
                questions.append(XquadQuestion(str(asked["question"]), at, number, texts, start))
            paragraphs.append(str(paragraph["context"]))
            article_of.append(number)
    return Xquad(lang, tuple(paragraphs), tuple(article_of), tuple(questions))
