"""What the hashed encoder holds near, in any script, and that it is the same everywhere."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time

import numpy as np
import pytest

from stoa.encoders import HashedEncoder
from stoa.errors import BadInput

ENCODER = HashedEncoder()


def likeness(one, other):
    rows = ENCODER.encode([one, other])
    return float(rows[0] @ rows[1])


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        (
            "feeding my sourdough starter before work",
            "the sourdough starter smells of apples",
            "before work I was stuck in traffic for the whole morning",
        ),
        ("Радиотелескопы слушают пульсары", "пульсары и радиотелескоп", "борщ со сметаной на обед"),
        ("東京の桜が満開になりました", "桜が満開の公園を歩いた", "新しい電車の時刻表を調べる"),
        ("北京今天下大雪，故宫很美", "故宫的雪景真漂亮", "我在学习弹钢琴"),
        ("วันนี้กรุงเทพฝนตกหนักมาก", "ฝนตกหนักที่กรุงเทพ", "ผมชอบกินข้าวผัดกุ้ง"),
        ("오늘 서울에 눈이 많이 왔어요", "서울에서 눈이 와서 길이 미끄러워요", "새 노트북을 샀다"),
        ("وصلت الطائرة إلى مطار القاهرة", "مطار القاهرة مزدحم", "أحب قراءة الروايات القديمة"),
        ("सितार वादक का संगीत", "सितार का संगीत सुनो", "क्रिकेट मैच आज रात"),
        (
            "volcano eruption 🌋 in Iceland",
            "Icelandic volcano 🌋",
            "the train to work is late again",
        ),
    ],
)
def test_texts_on_one_subject_are_nearer_in_any_script(text, near, far):
    assert likeness(text, near) > likeness(text, far) + 0.15


def test_function_words_do_not_make_a_likeness():
    assert likeness("this is what it is and that is all", "astronomy with telescopes") < 0.35
    assert likeness("I have been to the opera", "I have been to the dentist") < 0.5


def test_addresses_weigh_little():
    shared_link = likeness(
        "astronomy tonight https://example.com/a/very/long/path?query=1",
        "gardening tips https://example.com/a/very/long/path?query=1",
    )
    assert shared_link < 0.4
    assert likeness("@ana.bsky.social pottery glaze", "@bo.example.org pottery glaze") > 0.8


def test_case_width_and_composition_do_not_matter():
    assert likeness("CAFÉ ﬁne ＡＢＣ", "cafe\u0301 fine abc") == pytest.approx(1.0, abs=1e-5)
    assert likeness("don’t panic", "don't panic") == pytest.approx(1.0, abs=1e-5)


def test_inflections_are_near_and_repeats_count_less_than_twice():
    assert likeness("photographers", "photographer") > 0.4 > likeness("photographers", "bakery")
    assert likeness("jazz jazz jazz jazz museum", "jazz museum") > 0.75


def test_a_long_text_is_read_to_two_thousand_characters():
    head = "observatory " * 160
    long = head + "x" * (2_000 - len(head)) + " entirely different ending" * 4_000
    assert likeness(long, long[:2_000]) == pytest.approx(1.0, abs=1e-5)


def test_the_same_in_another_process():
    text = "Determinism, 決定論 and детерминизм 🌍"
    code = (
        "from stoa.encoders import HashedEncoder\n"
        f"print(HashedEncoder().encode([{text!r}]).tobytes().hex())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": ":".join(sys.path)},
    )
    assert run.stdout.strip() == ENCODER.encode([text]).tobytes().hex()


def test_blocks_do_not_show():
    texts = [f"post number {n} about subject{n % 7}" for n in range(600)]
    together = ENCODER.encode(texts)
    assert np.allclose(together[300:310], ENCODER.encode(texts[300:310]), atol=1e-6)


@pytest.mark.parametrize("dim", [0, 7, 100_000])
def test_a_senseless_width_is_refused(dim):
    with pytest.raises(BadInput, match="dim"):
        HashedEncoder(dim=dim)


def test_an_answer_is_near_what_it_answers(shared_data):
    """Real conversations: the parent among the hundred messages before, chance would be 0.10."""
    folder = shared_data / "irc-threads"
    if not folder.is_dir():
        pytest.skip("no irc-threads in the shared data")
    texts = {}
    with gzip.open(folder / "dev_messages.jsonl.gz", "rt") as lines:
        for line in lines:
            message = json.loads(line)
            text = message["text"].split("> ", 1)[-1]
            texts.setdefault(message["doc"], {})[message["i"]] = text
    with gzip.open(folder / "dev_links.tsv.gz", "rt") as lines:
        links = [line.split() for line in lines]
    rows = {doc: ENCODER.encode([kept[i] for i in range(len(kept))]) for doc, kept in texts.items()}
    hits = []
    for doc, one, other in links:
        earlier, later = sorted((int(one), int(other)))
        if earlier == later or later - earlier > 100 or later < 100:
            continue
        scores = rows[doc][later - 100 : later] @ rows[doc][later]
        hits.append((scores > scores[earlier - later + 100]).sum() < 10)
    assert len(hits) > 1000
    assert np.mean(hits) > 0.25


@pytest.mark.slow
def test_twenty_thousand_posts_take_a_second_of_one_core():
    chance = np.random.default_rng(0)
    words = ["".join(chr(97 + c) for c in chance.integers(0, 26, n % 9 + 2)) for n in range(5000)]
    texts = [" ".join(words[w] for w in chance.integers(0, 5000, 18)) for _ in range(10_000)]
    ENCODER.encode(texts[:100])
    start = time.process_time()
    ENCODER.encode(texts)
    assert len(texts) / (time.process_time() - start) > 20_000
