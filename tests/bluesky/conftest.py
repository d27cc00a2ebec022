"""What the tests of this room share: the event files, and clocks that stand still."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class StillClock:
    """A clock that tells what it was told."""

    at_us: int = 1_800_000_000_000_000  # January 2027, after every event in the files

    def now_us(self) -> int:
        return self.at_us


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture(scope="session")
def jetstream_files() -> Path:
    """Folder of the event files; `STOA_SHARED` names another shared folder."""
    default = Path(__file__).resolve().parents[3] / "shared"
    folder = Path(os.environ.get("STOA_SHARED", default)) / "data" / "jetstream"
    if not folder.is_dir():
        pytest.skip("the event files are not here; set STOA_SHARED to the folder that has them")
    return folder


@pytest.fixture(scope="session")
def synthetic_v1(jetstream_files: Path) -> list[bytes]:
    return (jetstream_files / "jetstream-synthetic.jsonl").read_bytes().splitlines()


@pytest.fixture(scope="session")
def synthetic_v2(jetstream_files: Path) -> list[bytes]:
    return (jetstream_files / "jetstream-synthetic-v2.jsonl").read_bytes().splitlines()


@pytest.fixture(scope="session")
def real_events(jetstream_files: Path) -> list[bytes]:
    return (jetstream_files / "jetstream-sample.jsonl").read_bytes().splitlines()
