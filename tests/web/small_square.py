"""A small real square: invented people, posts in every state that a card can be in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stoa.app import Square, open_rooms
from stoa.records import (
    DAY_US,
    SECOND_US,
    Batch,
    Change,
    EdgeKind,
    Facet,
    Identity,
    Image,
    LinkCard,
    Media,
    PostContent,
    PutEdge,
    PutPost,
    PutProfile,
)
from stoa.settings import Settings
from stoa.town import Town, TownConfig

NOW_US = 1_790_000_000 * SECOND_US
HOUR_US = 3600 * SECOND_US

PEOPLE = {
    "ana": ("ana.tides.example", "Ana Maré"),
    "bo": ("bo.rail.example", "Bo Lindqvist"),
    "chi": ("chi.garden.example", "Chi-chi Okafor"),
    "dov": ("dov.letters.example", "דב בן־עמי"),
    "eva": ("eva.kitchen.example", "Eva & Söhne"),
    "fay": ("fay.sky.example", "Fay 🌌"),
    "gus": (
        "a-very-long-handle-that-never-seems-to-end.subdomain.example",
        "Gus of the Long Name " * 4,
    ),
    "evil": ("evil.example", "<script>alert('name')</script>"),
    "mute": ("quiet.example", ""),
}
TOPICS = {
    "ana": [
        "Low tide at six. Three brittle stars under one stone, and a crab sure it was hidden.",
        "Tide pools keep their own calendar. The anemones open before the water is back.",
        "A rock pool is a town with two floods a day and nobody complains.",
        "Found a sea slug the size of a rice grain. Orange, with opinions.",
        "The kelp came in overnight. The whole bay smells of iodine and tea.",
    ],
    "bo": [
        "The 7:14 was on time and the guard announced it as if it were a birthday.",
        "Old signal boxes are the last buildings that were designed to be looked out of.",
        "Rode the branch line to the end. The end is a bench, a bell, and very good soup.",
        "Night trains should come back. A border crossed asleep is the politest kind.",
        "Station clocks: the hand waits at twelve for the pulse. I could watch for an hour.",
    ],
    "chi": [
        "Compost report: warm in the middle, smug at the edges.",
        "The beans have found the fence and are telling everybody.",
        "Plant garlic now. Future you will write past you a thank-you note.",
        "Pruned the quince. It looks like a haircut given in the dark, but it will forgive me.",
        "Slugs: one. Lettuce: nil. Morale: holding.",
    ],
    "eva": [
        "Bread tip: the dough tells the time better than the clock does.",
        "Soup is what you call it when you stop deciding.",
        "Salted the plums. See you in three weeks, plums.",
        "If the onions are not soft you are not late yet.",
    ],
    "fay": [
        "Saturn tonight, low in the south-east. Even a toy telescope shows the ring 🪐",
        "Clear sky, no moon, the Milky Way like spilled flour.",
        "Counting meteors from a deck chair. Eleven so far, and one aeroplane I am still fond of.",
    ],
}

PARTS = {
    "ana": (
        ["The pool by the steps", "A hermit crab", "The spring tide", "Every limpet"],
        [
            "went back to its own place.",
            "was louder than the gulls.",
            "kept the shape of the rock.",
            "came an hour early.",
            "held one blenny, very still.",
            "smelled of cold iron and salt.",
        ],
    ),
    "bo": (
        ["The slow train", "Platform four", "Our guard", "The last signal box"],
        [
            "waited for a wedding party.",
            "had geraniums, watered.",
            "knows everybody by their stop.",
            "ran in the snow as if it were nothing.",
            "is for sale; I cannot afford it.",
            "sang quietly at the tunnel.",
        ],
    ),
    "chi": (
        ["The rhubarb", "My neighbour’s hedge", "One tomato", "The whole north bed"],
        [
            "is ahead of the calendar.",
            "leans towards gossip.",
            "turned overnight.",
            "wants water and says so.",
            "survived the hail, out of spite.",
            "is mostly worms now. Good.",
        ],
    ),
    "eva": (
        ["Rye starter", "The big pot", "A lemon, quartered,", "Yesterday’s rice"],
        [
            "forgives nearly everything.",
            "is breakfast if you believe in it.",
            "needs more salt than you think.",
            "and an hour: that is the recipe.",
            "went to the neighbours and came back empty.",
            "smells like my aunt’s stairwell.",
        ],
    ),
    "fay": (
        ["Jupiter", "The new moon", "A satellite I could not name", "The Pleiades"],
        [
            "rose behind the water tower.",
            "was worth the cold feet.",
            "hid the moment I had it focused.",
            "looked close enough to borrow.",
            "drew a line through my photograph.",
            "made the dog look up, too.",
        ],
    ),
}


def did(who: str) -> str:
    return "did:plc:" + (who * 12)[:24].ljust(24, "x")


def uri(who: str, n: int | str) -> str:
    return f"at://{did(who)}/app.bsky.feed.post/3k{n:>011}".replace(" ", "0")


class HandClock:
    """A clock that stands where it was put."""

    def __init__(self, now_us: int = NOW_US) -> None:
        self.us = now_us

    def now_us(self) -> int:
        return self.us


@dataclass
class Story:
    """Changes in order, a minute apart, ending shortly before now."""

    changes: list[Change]
    at_us: int

    def post(self, who: str, n: int | str, text: str, **content: object) -> str:
        self.at_us += 60 * SECOND_US
        created = PostContent(text=text, created_us=self.at_us, **content)  # type: ignore[arg-type]
        self.changes.append(PutPost(uri(who, n), did(who), self.at_us << 10, self.at_us, created))
        return uri(who, n)

    def reply(self, who: str, n: int | str, to: str, root: str, text: str) -> str:
        return self.post(who, n, text, langs=("en",), parent_uri=to, root_uri=root)

    def like(self, who: str, subject: str, kind: EdgeKind = EdgeKind.LIKE) -> None:
        self.at_us += SECOND_US
        key = f"at://{did(who)}/app.bsky.feed.{kind.name.lower()}/{len(self.changes)}"
        self.changes.append(PutEdge(kind, key, did(who), subject, self.at_us << 10, self.at_us))


def story() -> list[Change]:
    """Everything that happened, oldest first."""
    told = Story([], NOW_US - 20 * HOUR_US)
    for who, (handle, name) in PEOPLE.items():
        told.changes.append(Identity(did(who), told.at_us, handle))
        told.changes.append(PutProfile(did(who), told.at_us << 10, told.at_us, name))
    everyday(told)
    every_state(told)
    return told.changes


def everyday(told: Story) -> None:
    n = 100
    for round_ in range(5):
        for who, texts in TOPICS.items():
            if round_ < len(texts):
                here = told.post(who, n, texts[round_], langs=("en",))
                n += 1
                for other in TOPICS:
                    if other != who and (n + len(other) + round_) % 3 == 0:
                        told.like(other, here)
    for who, (starts, ends) in PARTS.items():  # some hundred more, so that a reading has pages
        for i in range(24):
            text = f"{starts[i % len(starts)]} {ends[(i * 5 + i // len(starts)) % len(ends)]}"
            told.post(who, 1000 + n * 40 + i, text, langs=("en",))
        n += 1


def every_state(told: Story) -> None:
    root = told.post("ana", "root", "Which pool should I visit first tomorrow?", langs=("en",))
    one = told.reply("bo", "re1", root, root, "The one by the old pier. There is a bench.")
    two = told.reply("chi", "re2", one, root, "Seconded, and bring a flask.")
    told.reply("ana", "re3", two, root, "Pier it is. Flask packed.")
    told.reply("fay", "re4", root, root, "Go at dawn! The light does half of the work.")
    told.post(
        "bo",
        "orphan",
        "Exactly what I said last week.",
        parent_uri=uri("gone", 1),
        root_uri=uri("gone", 1),
        langs=("en",),
    )
    told.post(
        "dov",
        "rtl",
        "שלום לכולם! היום קראתי ספר ישן ומצאתי בו מכתב 📜 with two words in English.",
        langs=("he",),
    )
    told.post(
        "gus",
        "long",
        "Look at this word: " + "Donaudampfschifffahrtselektrizitäten" * 6,
        langs=("de",),
    )
    told.post("fay", "emoji", "🌌✨🪐🌠🔭", langs=("en",))
    told.post(
        "ana",
        "image",
        "Two from this morning.",
        langs=("en",),
        media=Media.IMAGE,
        images=(
            Image("https://pictures.example/star.jpg", "A brittle star on wet granite", 1200, 900),
            Image("https://pictures.example/crab.jpg", "", 900, 1200),
        ),
    )
    told.post(
        "bo",
        "card",
        "Worth your lunch break.",
        langs=("en",),
        media=Media.LINK,
        card=LinkCard(
            "https://www.rail.example/night?x=1",
            "Night trains are coming back",
            "Seven lines, four with a dining car, one with a piano that nobody may play.",
        ),
    )
    told.post(
        "chi",
        "quote",
        "This, every year.",
        langs=("en",),
        quote_uri=uri("chi", 102),
        media=Media.QUOTE,
    )
    told.post(
        "chi",
        "quotegone",
        "I wish I could show you what I mean.",
        langs=("en",),
        quote_uri=uri("gone", 9),
        media=Media.QUOTE,
    )
    told.post(
        "mute",
        "nude",
        "A life drawing from class.",
        langs=("en",),
        labels=("nudity",),
        media=Media.IMAGE,
        images=(Image("https://pictures.example/x.jpg", "A figure in charcoal"),),
    )
    text = "Read https://tides.example/chart, ask @ana.tides.example and see #tidepools 🦀"
    told.post("eva", "facets", text, langs=("en",), facets=facets_of(text))
    told.post(
        "evil",
        "evil",
        "<script>alert('text')</script><img src=x onerror=alert(1)> javascript:alert(2)",
        langs=("en",),
        facets=(
            Facet(0, 8, "link", "javascript:alert(3)"),
            Facet(9, 12, "link", 'https://ok.example/" onmouseover="alert(4)'),
        ),
        card=LinkCard("javascript:alert(5)", "<b>bold</b>", '"><script>alert(6)</script>'),
        media=Media.LINK,
    )
    told.post("gus", "video", "The bell, for the sound of it.", langs=("en",), media=Media.VIDEO)
    told.like("ana", uri("bo", "card"))
    told.like("chi", uri("bo", "card"), EdgeKind.REPOST)


def facets_of(text: str) -> tuple[Facet, ...]:
    def at(part: str, kind: str, target: str) -> Facet:
        start = len(text[: text.index(part)].encode())
        return Facet(start, start + len(part.encode()), kind, target)

    return (
        at("https://tides.example/chart", "link", "https://tides.example/chart"),
        at("@ana.tides.example", "mention", did("ana")),
        at("#tidepools", "tag", "tidepools"),
    )


def small_square(folder: Path | None = None, *, empty: bool = False, **settings: object) -> Square:
    """A square over real rooms, in memory unless a folder is given; it reads no source."""
    rooms = open_rooms(folder, HandClock())
    square = Square(Settings(source="live", **settings), rooms, origin=None)  # type: ignore[arg-type]
    if not empty:
        square.commit(Batch(tuple(story())))
    square.source.name, square.source.state, square.ready = "invented.jsonl", "ended", True
    return square


def town_square(people: int = 60, days: float = 0.5) -> Square:
    """A square over half a day of a small simulated town."""
    town = Town(TownConfig(seed=1, people=people))
    clock = HandClock(town.start_us)
    rooms = open_rooms(None, clock, world="town 1")
    square = Square(Settings(source="town"), rooms, origin=None, town=town)  # type: ignore[arg-type]
    for batch in town.history(days):
        rooms.intake.take(batch)
    clock.us = town.start_us + int(days * DAY_US)
    square.source.name, square.source.state, square.ready = "town", "live", True
    return square
