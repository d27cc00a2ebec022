"""An Open Bandit folder: what two policies showed at the same places, with what propensity.

`POLICY_CAMPAIGN.csv` holds the impressions of one policy in one campaign (`random_men.csv.gz`),
`CAMPAIGN_item_context.csv` the items of that campaign; each plain or packed with gzip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadTable
from stoa.tables.csv_rows import CsvRow, csv_rows

_ITEMS = "_item_context.csv"
_IMPRESSION = ("timestamp", "item_id", "position", "click", "propensity_score")
_USER = "user_feature_"
_ITEM = "item_feature_"
_AFFINITY = "user-item_affinity_"


@dataclass(frozen=True, slots=True, kw_only=True)
class BanditItems:
    """What could be shown in a campaign."""

    id: NDArray[np.int64]  # (n_items,)
    features: dict[str, NDArray[np.object_]]  # column -> (n_items,) as it stands in the file
    numbers: dict[str, NDArray[np.float64]]  # columns in which every item has a number

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class BanditImpressions:
    """What one policy showed, in the order of the file; all arrays have length n."""

    item: NDArray[np.int64]  # row of `BanditItems`
    position: NDArray[np.int64]  # from 0
    click: NDArray[np.float64]  # 0 or 1
    propensity: NDArray[np.float64]  # in (0, 1]
    user: dict[str, NDArray[np.object_]]  # column -> (n,) as it stands in the file
    affinity: NDArray[np.float32]  # (n, n_items); 0 where the file has none

    def __len__(self) -> int:
        return len(self.item)


@dataclass(frozen=True, slots=True, kw_only=True)
class BanditCampaign:
    """One campaign: its items, and the log of each policy that served it."""

    name: str
    items: BanditItems
    policies: dict[str, BanditImpressions]  # by name, in alphabetical order

    @property
    def n_positions(self) -> int:
        """Places on the page that any policy filled."""
        return 1 + max(int(log.position.max()) for log in self.policies.values())


def read_bandit(folder: Path) -> list[BanditCampaign]:
    """All campaigns of a folder that at least two policies served, in alphabetical order.

    Raises:
        BadTable: the folder holds no such campaign, or a file does not read; names file, line,
            column, value and mend.
    """
    if not folder.is_dir():
        raise BadTable(folder.name, str(folder), "give the folder of an Open Bandit data set")
    paths = {path.name.removesuffix(".gz"): path for path in sorted(folder.iterdir())}
    made: list[BanditCampaign] = []
    for name, path in paths.items():
        if not name.endswith(_ITEMS):
            continue
        campaign = name.removesuffix(_ITEMS)
        logs = {
            log.removesuffix(f"_{campaign}.csv"): paths[log]
            for log in paths
            if log.endswith(f"_{campaign}.csv")
        }
        if len(logs) > 1:
            items = _read_items(path)
            read = {policy: _read_log(of_policy, items) for policy, of_policy in logs.items()}
            made.append(BanditCampaign(name=campaign, items=items, policies=read))
    if not made:
        mend = "put CAMPAIGN_item_context.csv and POLICY_CAMPAIGN.csv of two policies there"
        raise BadTable(folder.name, str(folder), mend)
    return made


def _read_items(path: Path) -> BanditItems:
    ids: list[int] = []
    cells: list[list[str]] = []
    names: list[str] = []
    for row in csv_rows(path, ("item_id",), others=True):
        names = names or _named(row, _ITEM)
        number = row.whole("item_id", least=0)
        if number in ids:
            row.refuse("item_id", "give each item once")
        ids.append(number)
        cells.append([row.text(name) for name in names])
    if not ids:
        raise BadTable(path.name, "no items", "give one line for each item")
    features = {
        name: np.array(column, dtype=object)
        for name, column in zip(names, zip(*cells, strict=True), strict=True)
    }
    numbers = {
        name: made for name, column in features.items() if (made := _numbers(column)) is not None
    }
    return BanditItems(id=np.array(ids, dtype=np.int64), features=features, numbers=numbers)


def _read_log(path: Path, items: BanditItems) -> BanditImpressions:
    place = {str(number): at for at, number in enumerate(items.id.tolist())}
    at: list[tuple[int, int, int, float]] = []
    user: list[list[str]] = []
    affinity: list[list[float]] = []
    names: list[str] = []
    toward: list[tuple[int, str]] = []
    for row in csv_rows(path, _IMPRESSION, others=True):
        if not at:
            names = _named(row, _USER)
            toward = _toward(row, place)
        at.append(_impression(row, place))
        user.append([row.text(name) for name in names])
        affinity.append([row.number(name) for _, name in toward])
    if not at:
        raise BadTable(path.name, "no rows", "give one line for each impression")
    item, position, click, propensity = (np.array(column) for column in zip(*at, strict=True))
    shown = np.zeros((len(at), len(items)), dtype=np.float32)
    if toward:
        shown[:, [column for column, _ in toward]] = np.nan_to_num(np.array(affinity))
    return BanditImpressions(
        item=item.astype(np.int64),
        position=position.astype(np.int64),
        click=click.astype(np.float64),
        propensity=propensity.astype(np.float64),
        user={
            name: np.array(column, dtype=object)
            for name, column in zip(names, zip(*user, strict=True), strict=True)
        },
        affinity=shown,
    )


def _impression(row: CsvRow, place: dict[str, int]) -> tuple[int, int, int, float]:
    number = str(row.whole("item_id", least=0))
    if number not in place:
        row.refuse("item_id", "name an item of the campaign's item_context file")
    position = row.whole("position", least=1)
    if position > 1_000:
        row.refuse("position", "give a place on the page, from 1")
    click = int(row.one_of("click", ("0", "1")))
    propensity = row.number("propensity_score")
    if not 0 < propensity <= 1:
        row.refuse("propensity_score", "give the chance in (0, 1] with which the item was shown")
    return place[number], position - 1, click, propensity


def _named(row: CsvRow, start: str) -> list[str]:
    return sorted(name for name in row.column if name.startswith(start))


def _toward(row: CsvRow, place: dict[str, int]) -> list[tuple[int, str]]:
    """Columns of affinity, each with the row of its item."""
    found: list[tuple[int, str]] = []
    for name in _named(row, _AFFINITY):
        number = name.removeprefix(_AFFINITY)
        if number not in place:
            mend = "name affinities after items of the campaign's item_context file"
            raise BadTable(row.file, name, mend, line=1, column=name)
        found.append((place[number], name))
    return found


def _numbers(column: Sequence[str] | NDArray[np.object_]) -> NDArray[np.float64] | None:
    """The cells as numbers, or None where one is no finite number."""
    try:
        made = np.array([float(cell) for cell in column])
    except ValueError:
        return None
    return made if np.isfinite(made).all() else None
