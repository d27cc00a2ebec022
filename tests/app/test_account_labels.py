"""What accounts say of themselves in the stream holds at once, after a restart, and for all doors.

Nobody is asked: there is no network here beside the file that stands for the stream.
"""

from __future__ import annotations

import pytest
from tests.system.frames import SECOND_US, commit, did, like, post, post_uri, profile, write

from stoa.app.clocks import WallClock
from stoa.app.rooms import Rooms, open_rooms
from stoa.bluesky.file_source import FileSource

START_US = 1_790_000_000 * SECOND_US
PEOPLE = ("ana", "shy", "bold")
EVERYBODY = (*PEOPLE, "ben")


class StandingClock:
    def now_us(self) -> int:
        return START_US + 60 * SECOND_US


def at(second: int) -> int:
    return START_US + second * SECOND_US


def posts(*people: str, start: int = 10) -> list:
    return [post(who, at(start + n), f"moss on the wall {who}") for n, who in enumerate(people)]


SHY = profile("shy", at(1), "Shy", "!no-unauthenticated")
BOLD = profile("bold", at(2), "Bold", "porn", "birds")


@pytest.fixture
def rooms(tmp_path):
    opened = open_rooms(tmp_path / "data", StandingClock())
    yield opened
    opened.close()


async def read(rooms: Rooms, tmp_path, events: list) -> None:
    path = write(tmp_path / "events.jsonl", events)
    async for batch in FileSource(path, WallClock()).batches(None):
        rooms.intake.take(batch)


def shown(rooms: Rooms, viewer: str | None, **asked) -> dict[str, str | None]:
    """Authors on a page, and under which label their post is covered."""
    rooms.feed.forget(viewer)
    page = rooms.feed.page(viewer, limit=100, peek=True, **asked)
    named = rooms.store.uris([item.post for item in page.items])
    by_name = {did(who): who for who in EVERYBODY}
    return {by_name[named[item.post].split("/")[2]]: item.cover for item in page.items}


@pytest.mark.parametrize("profiles_first", [True, False])
@pytest.mark.parametrize("policy", ["first_version", "chronological", "popular"])
async def test_the_logged_out_page_follows_the_stream_alone(
    rooms, tmp_path, profiles_first, policy
):
    likes = [like("ben", at(40 + n), post_uri(who, at(10 + n))) for n, who in enumerate(PEOPLE)]
    said, written = [SHY, BOLD], [*posts(*PEOPLE), *likes]
    await read(rooms, tmp_path, [*said, *written] if profiles_first else [*written, *said])
    assert shown(rooms, None, policy=policy) == {"ana": None}
    assert shown(rooms, "did:plc:reader") == {"ana": None, "shy": None, "bold": "porn"}


async def test_labels_are_taken_back_by_a_newer_profile_or_its_removal(rooms, tmp_path):
    await read(rooms, tmp_path, [SHY, BOLD, *posts(*PEOPLE)])
    assert set(shown(rooms, None)) == {"ana"}
    gone = commit("bold", at(31), "app.bsky.actor.profile", None, "self")
    await read(rooms, tmp_path, [profile("shy", at(30), "Shy no more"), gone])
    assert shown(rooms, None) == dict.fromkeys(PEOPLE)
    # What was said before, heard again, changes nothing.
    await read(rooms, tmp_path, [SHY, BOLD])
    assert shown(rooms, None) == dict.fromkeys(PEOPLE)


async def test_labels_hold_after_a_restart_before_anybody_is_asked(rooms, tmp_path):
    await read(rooms, tmp_path, [SHY, BOLD, *posts(*PEOPLE), *posts("ben", start=20)])
    rooms.close()
    again = open_rooms(tmp_path / "data", StandingClock())
    post_of_ana = again.store.post_id(post_uri("ana", at(10)))
    near = again.feed.neighbours(post_of_ana, 10)  # what anybody may see, logged in or not
    assert [again.store.posts([p])[p].author_name for p, _ in near] == [did("ben")]
    assert shown(again, None) == {"ana": None, "ben": None}
    assert shown(again, "did:plc:reader")["bold"] == "porn"
    again.close()


async def test_every_labelled_account_is_known_when_the_square_opens(rooms, tmp_path):
    """So that no rule depends on which page happened to look an author up."""
    from stoa.feed.labels import Mark
    from stoa.records import as_ids

    await read(rooms, tmp_path, [SHY, BOLD, *posts(*PEOPLE)])
    rooms.close()
    again = open_rooms(tmp_path / "data", StandingClock())
    ids = as_ids([again.store.account_id(did(who)) for who in PEOPLE])
    ana, shy, bold = again.board.account_marks(ids).tolist()
    assert not ana & (Mark.MEMBERS_ONLY | Mark.PORN)
    assert shy & Mark.MEMBERS_ONLY
    assert bold & Mark.PORN
    again.close()
