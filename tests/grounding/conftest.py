import gzip
import json

import pytest


@pytest.fixture
def xquad(shared_data):
    """Paragraphs and questions of one language; skips where the set is not at hand."""

    def read(code: str) -> tuple[list[str], list[str]]:
        with gzip.open(shared_data / "xquad" / f"xquad.{code}.json.gz") as file:
            articles = json.load(file)["data"]
        paragraphs = [each for article in articles for each in article["paragraphs"]]
        questions = [asked["question"] for each in paragraphs for asked in each["qas"]]
        return [each["context"] for each in paragraphs], questions

    return read
