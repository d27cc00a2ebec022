"""Writes a window's posts and answers: who writes what, and in which words."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from stoa.records import Media
from stoa.space.learning_log import NOBODY
from stoa.town.chance import uniforms
from stoa.town.society.accounts import ENGLISH, Accounts
from stoa.town.society.shelf import Drafts, Shelf
from stoa.town.writer import N_DICE, Draft, Form, reading_seconds, write

_SLY = 0.25  # of bait is not to be seen in its words
_LOUD = 0.04  # of plain posts sound like bait
_VIDEOS = 0.08
_ANSWERS = 0.2  # of replies are what the thread was waiting for
_DOMAINS = 40


def draft_posts(
    accounts: Accounts, bait_share: NDArray[np.float64], window: tuple[int, int, int, int], n: int
) -> Drafts:
    """What is written unprompted in a window (day, number, from_us, to_us): n posts.

    Everything but the bait is the same whatever has been served; whether a post is bait is one
    fixed number against its author's present share of bait.
    """
    day, number, from_us, to_us = window
    random = np.random.default_rng([accounts.seed, 22, day + 1_000, number])
    weight = accounts.writes * (accounts.writes_from <= day)
    author = random.choice(len(accounts), size=n, p=weight / weight.sum()).astype(np.int32)
    topic = _topics(accounts, author, random)
    skill = accounts.skill[author]
    quality = np.clip(skill + 0.15 * random.standard_normal(n), 0.02, 0.98)
    bait = random.random(n) < bait_share[author]
    manner = accounts.manner[author] + 0.25 * random.standard_normal((n, 4))
    openly = random.random(n) >= np.where(bait, _SLY, 1.0 - _LOUD)
    video = np.where(random.random(n) < _VIDEOS, 5 + 25 * np.exp(random.normal(0, 0.7, n)), 0.0)
    at_us = np.sort(random.integers(from_us + 1, to_us, n))
    return Drafts(
        at_us=at_us,
        author=author,
        parent=np.full(n, NOBODY, dtype=np.int32),
        topic=topic,
        quality=quality.astype(np.float32),
        bait=(bait * random.uniform(0.5, 1.0, n)).astype(np.float32),
        manner=_unit(manner),
        video_s=np.minimum(video, 150.0).astype(np.float32),
        key=((day + 1_000) * 32 + number) * 10_000_000 + np.arange(n),
        said=random.random(n).astype(np.float32),
        baits_openly=openly,
    )


def draft_replies(
    accounts: Accounts, shelf: Shelf, who: NDArray[np.int32], parent: NDArray[np.int32],
    at_us: NDArray[np.int64],
) -> Drafts:  # fmt: skip
    """Answers of these people to these posts, at these moments.

    An answer is worth what its author can do, some far more than what they answer. Its *words*
    are careful where the parent deserves it: what is said under a post tells of the post.
    """
    hidden, seed = shelf.hidden, accounts.seed
    key = (hidden["key"][parent] * 1_000_003 + who + (1 << 52)).astype(np.int64)

    def chance(salt: str) -> NDArray[np.float64]:
        return uniforms(seed, salt, key)

    above_q, above_b = hidden["quality"][parent], hidden["bait"][parent]
    angry = chance("angry") < 0.6 * above_b
    quality = accounts.skill[who] + 0.3 * (chance("form") - 0.5)
    quality = np.where(chance("answer") < _ANSWERS, 0.6 + 0.4 * quality, quality)
    quality = np.clip(np.where(angry, 0.4 * quality, quality), 0.02, 0.98)
    said = np.clip(above_q + 0.5 * (chance("said") - 0.5), 0.0, 1.0)
    return Drafts(
        at_us=at_us,
        author=who.astype(np.int32),
        parent=parent.astype(np.int32),
        topic=hidden["topic"][parent],
        quality=quality.astype(np.float32),
        bait=np.where(angry, 0.4 + 0.5 * chance("anger"), 0.0).astype(np.float32),
        manner=accounts.manner[who],
        video_s=np.zeros(len(who), dtype=np.float32),
        key=key,
        said=said.astype(np.float32),
        baits_openly=angry | (chance("hostile") < 0.03),
    )


def merged(parts: list[Drafts]) -> Drafts:
    """Drafts together, in the order of time."""
    columns = {
        column.name: np.concatenate([getattr(part, column.name) for part in parts])
        for column in fields(Drafts)
    }
    order = np.argsort(columns["at_us"], kind="stable")
    return Drafts(**{name: values[order] for name, values in columns.items()})


def publish(shelf: Shelf, drafts: Drafts, seed: int) -> None:
    """Puts drafts into words and on the shelf; the words follow from each post's key."""
    dice = np.stack([uniforms(seed, "dice", drafts.key, die) for die in range(N_DICE)], axis=1)
    rolled = (dice * 2**31).astype(np.int64).tolist()
    words: list[str] = []
    media = np.zeros(len(drafts), dtype=np.int16)
    domain = np.zeros(len(drafts), dtype=np.int32)
    full_s = np.zeros(len(drafts), dtype=np.float32)
    rows = zip(
        drafts.topic.tolist(), drafts.parent.tolist(), drafts.said.tolist(),
        drafts.baits_openly.tolist(), rolled, strict=True,
    )  # fmt: skip
    for i, (topic, parent, said, openly, die) in enumerate(rows):
        form = Form.POST if parent < 0 else Form.REPLY
        bait = 0.7 if openly else 0.0
        content = write(
            Draft(topic=ENGLISH[topic], form=form, quality=said, bait=bait, created_us=0), die
        )
        words.append(content.text)
        media[i] = content.media
        full_s[i] = reading_seconds(content)
        if content.card:
            domain[i] = 1 + (7 * topic + die[0]) % _DOMAINS
    media |= np.where(drafts.video_s > 0, np.int16(Media.VIDEO), np.int16(0))
    length = np.array([len(text) for text in words], dtype=np.int32)
    facts = {"media": media, "domain": domain, "length": length}
    shelf.add(drafts, words, facts, full_s + drafts.video_s)


def _topics(
    accounts: Accounts, author: NDArray[np.int32], random: np.random.Generator
) -> NDArray[np.int16]:
    """One of its author's interests for each post."""
    odds = np.cumsum(accounts.topics_written(author), axis=1)
    wish = random.random(len(author))[:, None] * odds[:, -1:]
    return (odds < wish).sum(axis=1).astype(np.int16)


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
