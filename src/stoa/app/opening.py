"""Opens the square that the settings ask for."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

from stoa.app.clocks import SourceClock, TownClock, WallClock
from stoa.app.rooms import Rooms, open_rooms
from stoa.app.square import Square
from stoa.app.town_source import TownSource
from stoa.bluesky.file_source import FileSource
from stoa.bluesky.jetstream import JetstreamSource
from stoa.bluesky.stream_source import StreamSource
from stoa.encoders import open_encoder
from stoa.errors import BadInput
from stoa.feed.config import FeedConfig
from stoa.ports import ChangeSource
from stoa.records import DAY_US
from stoa.settings import Settings
from stoa.town import Town, TownConfig


@dataclass(frozen=True, slots=True)
class World:
    """A world's rooms, where its events come from, and the town when it is the simulated one."""

    rooms: Rooms
    origin: ChangeSource
    town: Town | None = None


def open_square(settings: Settings) -> Square:
    """Opens the data folder and gets the source ready; nothing is read yet.

    Raises:
        StoreError: the data folder cannot be used.
        BadInput: the source is neither `live`, `town`, `stdin`, nor a file that exists.
    """
    world = open_world(settings)
    return Square(settings, world.rooms, world.origin, world.town)


def open_world(settings: Settings) -> World:
    """The world that `settings.source` names."""
    if settings.source == "live":
        return open_live(settings)
    if settings.source == "town":
        return open_town(settings, settings.data)
    told = _told_source(settings.source)
    clock = SourceClock(lambda: told.newest_us)
    rooms = open_rooms(
        settings.data, clock, encoder=open_encoder(settings.encoder), config=feed_config(settings)
    )
    return World(rooms, told)


def _told_source(source: str) -> FileSource | StreamSource:
    """A file, or standard input as it comes: its events tell what time it is."""
    if source == "stdin":
        return StreamSource(sys.stdin.fileno(), WallClock())
    path = Path(source)
    if not path.is_file():
        raise BadInput("--from", source, "give live, town, stdin, or a file that exists")
    return FileSource(path, WallClock())


def feed_config(settings: Settings) -> FeedConfig:
    """How the operator wants the feed."""
    config = FeedConfig()
    if not settings.promoted_on_bluesky:
        return config
    surfaces = config.promoted.surfaces | {"bluesky"}
    return replace(config, promoted=replace(config.promoted, surfaces=surfaces))


def open_live(settings: Settings) -> World:
    """The live network's world."""
    clock = WallClock()
    rooms = open_rooms(
        settings.data, clock, encoder=open_encoder(settings.encoder), config=feed_config(settings)
    )
    return World(rooms, JetstreamSource(settings.jetstream_urls, clock=clock))


def open_town(settings: Settings, folder: Path) -> World:
    """The simulated town, in a folder of its own; it lives on from where it was left."""
    town = Town(TownConfig(seed=settings.town_seed, people=settings.town_people))
    lived_until_us = town.start_us + int(settings.town_days * DAY_US)
    rooms = open_rooms(
        folder,
        clock := TownClock(lived_until_us),
        world=f"town {settings.town_seed}",
        encoder=open_encoder(settings.encoder),
        config=feed_config(settings),
    )
    cursor = rooms.store.cursor(TownSource.name)
    if cursor is not None and cursor > lived_until_us:
        clock.set(cursor)
    return World(rooms, TownSource(town, settings.town_days, clock), town)
