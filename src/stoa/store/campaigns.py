"""Promoted posts in the square's SQLite file: held, seen and charged in single transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from stoa.promoted_records import (
    BudgetUnit,
    Campaign,
    CampaignId,
    CampaignState,
    Look,
    Placement,
    PromotedFigures,
    charge,
)
from stoa.records import AccountId, PostId, ViewerEvent
from stoa.store import sql_rows as sql
from stoa.store.database import Database
from stoa.store.lookup import marks
from stoa.store.memory_campaigns import (
    ANSWERS,
    CLOCKS_DIFFER_US,
    id_taken,
    overlapping,
    shows_on_screen,
)

_CAMPAIGN = "id, post, uri, advertiser, unit, budget, starts_us, ends_us, gap, per_day"
_FIGURES = "n_shown, value_s, displaced_s, looked_ms, n_glad, n_no_opinion, n_regret"
_PLACEMENT = (
    "campaign, viewer, post, reading, position, at_us, until_us, held, value_s, displaced, "
    "displaced_s, agreed_s"
)
_HELD = """(SELECT coalesce(sum(p.held - p.charged), 0) FROM placements p
    WHERE p.campaign = campaigns.id AND p.until_us > ? AND p.charged < p.held)"""


class SqliteCampaigns:
    """`CampaignStore` in two tables of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def beside(cls, path: Path) -> SqliteCampaigns:
        """The campaigns of a store, also while a square runs on it.

        Raises:
            StoreError: there is no store, or one of another version.
        """
        return cls(Database(path, beside=True))

    def close(self) -> None:
        """Lets the file go; only for campaigns opened `beside`."""
        self._database.close()

    def add(self, campaign: Campaign) -> None:
        """Keeps a campaign; see `CampaignStore.add`."""
        with self._database.writing() as connection:
            if sql.fetch_one(connection, "SELECT 1 FROM campaigns WHERE id = ?", (campaign.id,)):
                raise id_taken(campaign)
            line = sql.fetch_one(
                connection,
                "SELECT id FROM campaigns WHERE post = ? AND stopped_us IS NULL "
                "AND starts_us < ? AND ends_us > ?",
                (campaign.post, campaign.ends_us, campaign.starts_us),
            )
            if line is not None:
                raise overlapping(campaign, line[0])
            connection.execute(
                f"INSERT INTO campaigns ({_CAMPAIGN}) VALUES ({marks(range(10))})",
                (campaign.id, campaign.post, campaign.uri, campaign.advertiser, int(campaign.unit),
                 campaign.budget, campaign.starts_us, campaign.ends_us, campaign.gap,
                 campaign.per_day),
            )  # fmt: skip

    def campaigns(self, now_us: int) -> list[CampaignState]:
        """All of them and how they stand, the earliest start first."""
        with self._database.reading() as connection:
            lines = sql.fetch(
                connection,
                f"SELECT {_CAMPAIGN}, spent, {_HELD}, stopped_us, stopped_because, {_FIGURES} "
                "FROM campaigns ORDER BY starts_us, id",
                (now_us,),
            )
        return [_state(line) for line in lines]

    def running(self, now_us: int) -> list[Campaign]:
        """Those that may be handed out now, the earliest start first."""
        with self._database.reading() as connection:
            lines = sql.fetch(
                connection,
                f"SELECT {_CAMPAIGN} FROM campaigns WHERE stopped_us IS NULL AND starts_us <= ? "
                f"AND ends_us > ? AND spent + {_HELD} < budget ORDER BY starts_us, id",
                (now_us, now_us, now_us),
            )
        return [_campaign(line) for line in lines]

    def stop(self, campaign: CampaignId, at_us: int, because: str) -> bool:
        """Ends a campaign for good; whether it was there and had not been stopped."""
        return bool(self._stop("id = ?", (campaign,), at_us, because))

    def stop_posts(self, posts: Sequence[int], at_us: int, because: str) -> int:
        """Ends all campaigns of these posts; returns how many."""
        with self._database.reading() as connection:
            lines = sql.fetch(connection, "SELECT post FROM campaigns WHERE stopped_us IS NULL")
        theirs = sorted({line[0] for line in lines} & set(posts))
        return self._stop(f"post IN ({marks(theirs)})", theirs, at_us, because) if theirs else 0

    def _stop(self, which: str, values: Sequence[object], at_us: int, because: str) -> int:
        with self._database.writing() as connection:
            return connection.execute(
                "UPDATE campaigns SET stopped_us = ?, stopped_because = ? "
                f"WHERE stopped_us IS NULL AND {which}",
                (at_us, because, *values),
            ).rowcount

    def placed(self, viewer: AccountId, since_us: int, now_us: int) -> Mapping[CampaignId, int]:
        """How often each was handed to a reader since then, without what lapsed unseen."""
        with self._database.reading() as connection:
            lines = sql.fetch(
                connection,
                "SELECT campaign, count(*) FROM placements WHERE viewer = ? AND at_us >= ? "
                "AND (seen_us IS NOT NULL OR until_us > ?) GROUP BY campaign",
                (viewer, since_us, now_us),
            )
        return {CampaignId(name): n for name, n in lines}

    def hold(self, placements: Sequence[Placement]) -> list[Placement]:
        """Keeps those for which the budgets have room, in one transaction."""
        with self._database.writing() as connection:
            held = [_hold(connection, one) for one in placements]
        return [one for one in held if one is not None]

    def placements(self, viewer: AccountId) -> list[Placement]:
        """All that is kept of what a reader was handed, oldest first."""
        with self._database.reading() as connection:
            lines = sql.fetch(
                connection,
                f"SELECT {_PLACEMENT} FROM placements WHERE viewer = ? "
                "ORDER BY at_us, position, campaign",
                (viewer,),
            )
        return [_placement(line) for line in lines]


def unseen_before(
    connection: sqlite3.Connection, events: Sequence[ViewerEvent]
) -> list[ViewerEvent]:
    """Events on promoted posts that are not recorded yet: what `charge_looks` is to be told.

    To be asked in the transaction that records them, before it does.
    """
    viewers = sorted({int(event.viewer) for event in events if shows_on_screen(event)})
    if not viewers:
        return []
    shown = set(
        sql.fetch(
            connection,
            f"SELECT viewer, post FROM placements WHERE viewer IN ({marks(viewers)})",
            viewers,
        )
    )
    if not shown:
        return []
    found: dict[tuple[int, int, int, int], ViewerEvent] = {}
    for event in events:
        key = int(event.viewer), int(event.kind), event.at_us, int(event.post)
        if not shows_on_screen(event) or (key[0], key[3]) not in shown or key in found:
            continue
        if not _is_recorded(connection, event):
            found[key] = event
    return list(found.values())


def charge_looks(connection: sqlite3.Connection, events: Sequence[ViewerEvent]) -> None:
    """Charges campaigns for new events, each on the newest placement of its reader and post.

    What the log did not take, such as an act of an erased account, is not charged.
    """
    for event in filter(lambda event: _is_recorded(connection, event), events):
        line = sql.fetch_one(
            connection,
            "SELECT p.campaign, p.reading, p.seen_us IS NULL, p.looked_ms, p.value_s, "
            "p.displaced_s, c.unit, c.budget - c.spent FROM placements p "
            "JOIN campaigns c ON c.id = p.campaign WHERE p.viewer = ? AND p.post = ? "
            "AND p.at_us <= ? ORDER BY p.at_us DESC LIMIT 1",
            (event.viewer, event.post, event.at_us + CLOCKS_DIFFER_US),
        )
        if line is None:
            continue
        campaign, reading, is_first, looked_ms, value_s, displaced_s, unit, left = line
        look = Look(is_first=bool(is_first), looked_ms=looked_ms, seconds=event.seconds)
        due = charge(BudgetUnit(unit), look, left)
        connection.execute(
            "UPDATE placements SET seen_us = coalesce(seen_us, ?), charged = charged + ?, "
            "looked_ms = looked_ms + ? WHERE viewer = ? AND campaign = ? AND reading = ?",
            (event.at_us, due.amount, due.looked_ms, event.viewer, campaign, reading),
        )
        answered = ANSWERS.get(event.kind)
        more = f", {answered} = {answered} + 1" if answered else ""
        connection.execute(
            "UPDATE campaigns SET spent = spent + ?, looked_ms = looked_ms + ?, "
            "n_shown = n_shown + ?, value_s = value_s + ?, displaced_s = displaced_s + ?"
            f"{more} WHERE id = ?",
            (due.amount, due.looked_ms, is_first, is_first * value_s, is_first * displaced_s,
             campaign),
        )  # fmt: skip


def _is_recorded(connection: sqlite3.Connection, event: ViewerEvent) -> bool:
    line = sql.fetch_one(
        connection,
        "SELECT 1 FROM viewer_events WHERE viewer = ? AND kind = ? AND at_us = ? AND post = ?",
        (event.viewer, int(event.kind), event.at_us, event.post),
    )
    return line is not None


def _hold(connection: sqlite3.Connection, one: Placement) -> Placement | None:
    room = sql.fetch_one(
        connection,
        f"SELECT budget - spent - {_HELD} FROM campaigns WHERE id = ? AND stopped_us IS NULL",
        (one.at_us, one.campaign),
    )
    if room is None or room[0] < 1:
        return None
    one = replace(one, hold=min(one.hold, room[0]))
    values = (one.campaign, one.viewer, one.post, one.reading, one.position, one.at_us,
              one.until_us, one.hold, one.value_s, one.displaced, one.displaced_s,
              one.agreed_s)  # fmt: skip
    made = connection.execute(
        f"INSERT INTO placements ({_PLACEMENT}) VALUES ({marks(values)}) ON CONFLICT DO NOTHING",
        values,
    )
    return one if made.rowcount > 0 else None


def _campaign(line: Sequence) -> Campaign:
    return Campaign(
        id=CampaignId(line[0]), post=PostId(line[1]), uri=line[2], advertiser=line[3],
        unit=BudgetUnit(line[4]), budget=line[5], starts_us=line[6], ends_us=line[7],
        gap=line[8], per_day=line[9],
    )  # fmt: skip


def _state(line: Sequence) -> CampaignState:
    names = PromotedFigures.__slots__
    return CampaignState(
        campaign=_campaign(line[:10]),
        spent=line[10],
        held=min(line[11], line[5] - line[10]),
        stopped_us=line[12],
        stopped_because=line[13],
        figures=PromotedFigures(**dict(zip(names, line[14:], strict=True))),
    )


def _placement(line: Sequence) -> Placement:
    return Placement(
        campaign=CampaignId(line[0]), viewer=AccountId(line[1]), post=PostId(line[2]),
        reading=line[3], position=line[4], at_us=line[5], until_us=line[6], hold=line[7],
        value_s=line[8], displaced=PostId(line[9]), displaced_s=line[10], agreed_s=line[11],
    )  # fmt: skip
