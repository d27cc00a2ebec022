"""The world of the page benchmark: a town's posts and likes, and a space learned from them.

`kept` keeps it beside an index that was built from it, so that a long build is done once.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from many_posts import TownPosts
from stoa.app.clocks import SourceClock
from stoa.app.learning_log import read_log
from stoa.app.rooms import Rooms, open_rooms
from stoa.app.space_change import change_space
from stoa.model_records import Model, ModelCard
from stoa.records import EdgeKind
from stoa.space.space_model import SpaceModel, init_space
from stoa.town import Town, TownConfig
from stoa.train.space import train_space
from stoa.train.space_round import SpaceRoundConfig

_SPACE = "space "  # what names of the space's arrays begin with in a file

World = tuple[TownPosts, SpaceModel | None]


def kept(folder: Path, seed: int, n_viewers: int, space_steps: int | None) -> World:
    """The world that a folder holds, or a new one, which it holds from then on."""
    told = {"seed": seed, "viewers": n_viewers, "space_steps": space_steps}
    arrays, card = folder / "world.npz", folder / "world.json"
    if card.exists():
        held = json.loads(card.read_text())
        if held["made_with"] != told:
            raise SystemExit(f"{folder} was built with {held['made_with']}, not with {told}")
        with np.load(arrays) as read:
            return _unpacked(dict(read), held["space"])
    world = live_in_a_town(seed, n_viewers, space_steps)
    keep(folder, world, told)
    return world


def keep(folder: Path, world: World, told: dict[str, int | None]) -> None:
    """Writes a world and what it was made with."""
    town, space = world
    columns = {
        "vectors": town.vectors,
        "content": town.content,
        "liked": np.concatenate(town.liked),
        "n_liked": np.array([len(rows) for rows in town.liked]),
    }
    learned = {} if space is None else {_SPACE + k: v for k, v in space.arrays().items()}
    np.savez(folder / "world.npz", **columns, **learned)
    card = None if space is None else space.card_config()
    (folder / "world.json").write_text(json.dumps({"made_with": told, "space": card}))


def _unpacked(read: dict[str, np.ndarray], card: dict[str, object] | None) -> World:
    liked = np.split(read["liked"], np.cumsum(read["n_liked"])[:-1])
    town = TownPosts(read["vectors"], read["content"], liked)
    if card is None:
        return town, None
    arrays = {k.removeprefix(_SPACE): v for k, v in read.items() if k.startswith(_SPACE)}
    return town, SpaceModel.from_arrays("bench", arrays, card)


def live_in_a_town(
    seed: int, n_viewers: int, space_steps: int | None
) -> tuple[TownPosts, SpaceModel | None]:
    """Lets a town live some days; keeps the inhabitants who liked most, and a space of its own."""
    town, now = Town(TownConfig(seed=seed, people=1000)), [0]
    rooms = open_rooms(None, SourceClock(lambda: now[0]), world="bench")
    for batch in town.history(6):
        rooms.intake.take(batch)
        now[0] = batch.cursor or now[0]
    space = None if space_steps is None else learn_space(rooms, now[0], seed, space_steps)
    ids = rooms.index.held()
    vectors, _ = rooms.index.vectors(ids)
    likes: dict[int, list[int]] = {}
    row_of = {int(post): row for row, post in enumerate(ids.tolist())}
    for edges in rooms.store.scan_edges(EdgeKind.LIKE):
        for actor, subject in zip(edges.actor.tolist(), edges.subject.tolist(), strict=True):
            if subject in row_of:
                likes.setdefault(actor, []).append(row_of[subject])
    most = sorted(likes.values(), key=len, reverse=True)[:n_viewers]
    liked = [np.array(rows) for rows in most]
    return TownPosts(vectors, rooms.rows.get(ids), liked), space


def learn_space(rooms: Rooms, now_us: int, seed: int, steps: int) -> SpaceModel:
    """A quickly trained space, in which the rooms' vectors lie from then on."""
    config = SpaceRoundConfig()
    space = init_space(seed, config.shape)
    if steps:
        own = read_log(rooms.store, rooms.encoder, now_us, since_us=0, most_posts=1_000_000)
        training = SpaceRoundConfig().training
        space = train_space(own.log, seed, replace(training, steps=steps), start=space).model
    card = ModelCard(
        version="bench", made_us=1, encoder=rooms.encoder.name, config=space.card_config()
    )
    change_space(rooms, Model(card, space.arrays()), lambda: True, share=1.0)
    return space
