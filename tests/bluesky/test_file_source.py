"""A file of events is read whole, whatever its compression, cuts and garbage."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import zstandard

from stoa.bluesky.bounded_lines import BoundedLines
from stoa.bluesky.file_source import FileSource
from stoa.errors import BadInput
from stoa.records import DAY_US, Batch, Change

ANA = "did:plc:fmobbubzmmsq7yzs2domn5vd"
AT_US = 1_790_000_000_000_000


def identity(at_us: int = AT_US) -> bytes:
    event = {"did": ANA, "time_us": at_us, "kind": "identity", "identity": {"did": ANA}}
    return json.dumps(event).encode()


async def read(source: FileSource, cursor: int | None = None) -> list[Batch]:
    return [batch async for batch in source.batches(cursor)]


def all_changes(batches: list[Batch]) -> list[Change]:
    return [change for batch in batches for change in batch.changes]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


class TestCompression:
    @pytest.mark.parametrize(
        ("suffix", "compress"),
        [
            ("", bytes),
            (".gz", gzip.compress),
            (".zst", zstandard.compress),
            (".two.gz", lambda raw: gzip.compress(raw[:5000]) + gzip.compress(raw[5000:])),
            (
                ".two.zst",
                lambda raw: zstandard.compress(raw[:5000]) + zstandard.compress(raw[5000:]),
            ),
        ],
    )
    async def test_all_forms_give_the_same(self, tmp_path, clock, synthetic_v1, suffix, compress):
        path = tmp_path / f"events.jsonl{suffix}"
        path.write_bytes(compress(b"\n".join(synthetic_v1) + b"\n"))
        source = FileSource(path, clock)
        assert source.progress.bytes_total == path.stat().st_size
        assert not source.progress.ended
        batches = await read(source)
        assert len(all_changes(batches)) == 40
        assert source.newest_us == batches[-1].cursor == 1790000014497183
        progress = source.progress
        assert progress.bytes_read == progress.bytes_total
        assert progress.ended
        assert (progress.frames, progress.changes, not progress.dropped) == (40, 40, True)

    async def test_a_gzip_cut_short_gives_what_it_holds(self, path, clock):
        lines = b"".join(identity(AT_US + i * 7919 % 100_003) + b"\n" for i in range(20_000))
        path.write_bytes(gzip.compress(lines)[:-2000])
        source = FileSource(path, clock)
        found = all_changes(await read(source))
        assert 1_000 < len(found) < 20_000
        assert source.progress.dropped == {"damaged_file": 1}
        assert source.progress.ended

    async def test_garbage_that_calls_itself_compressed(self, path, clock):
        for magic in (b"\x1f\x8b", b"\x28\xb5\x2f\xfd"):
            path.write_bytes(magic + b"garbage" * 100)
            source = FileSource(path, clock)
            assert await read(source) == []
            assert source.progress.dropped == {"damaged_file": 1}


class TestLines:
    async def test_formats_may_be_mixed(self, path, clock, synthetic_v1, synthetic_v2):
        mixed = [pair[i % 2] for i, pair in enumerate(zip(synthetic_v1, synthetic_v2, strict=True))]
        path.write_bytes(b"\n".join(mixed))
        found = all_changes(await read(FileSource(path, clock)))
        path.write_bytes(b"\n".join(synthetic_v1))
        assert found == all_changes(await read(FileSource(path, clock)))
        assert len(found) == 40

    async def test_garbage_is_counted(self, path, clock):
        lines = [identity(), b"{", b"\xff\xff", b"", b"  ", b"null", b'{"kind":"x"}', identity()]
        path.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines) + b"\r\n")
        source = FileSource(path, clock)
        assert len(all_changes(await read(source))) == 2
        assert source.progress.dropped == {"malformed": 4}

    async def test_a_last_line_cut_in_the_middle_is_no_fault(self, path, clock):
        path.write_bytes(identity() + b"\n" + identity()[:-9])
        source = FileSource(path, clock)
        assert len(all_changes(await read(source))) == 1
        assert not source.progress.dropped

    async def test_a_last_line_without_an_end_counts(self, path, clock):
        path.write_bytes(identity() + b"\n" + identity())
        assert len(all_changes(await read(FileSource(path, clock)))) == 2

    @pytest.mark.parametrize("where", ["first", "middle", "last", "unfinished"])
    async def test_huge_lines_are_skipped(self, path, clock, where):
        huge = b'{"text":"' + b"x" * 3_000_000 + b'"}'
        good = [identity(), identity()]
        at = {"first": 0, "middle": 1, "last": 2, "unfinished": 2}[where]
        lines = [*good[:at], huge, *good[at:]]
        path.write_bytes(b"\n".join(lines) + (b"" if where == "unfinished" else b"\n"))
        source = FileSource(path, clock)
        assert len(all_changes(await read(source))) == 2
        assert source.progress.dropped == {"too_long": 1}

    def test_lines_of_every_length_around_a_chunk(self, path):
        lines = [b"x" * n for n in (1, 262_143, 262_144, 262_145, 5, 524_288, 1)]
        path.write_bytes(b"\n".join(lines))
        assert list(BoundedLines(path)) == lines
        assert [len(x) for x in BoundedLines(path, max_line=262_144)] == [
            1,
            262_143,
            262_144,
            5,
            1,
        ]

    async def test_an_empty_file(self, path, clock):
        path.write_bytes(b"")
        source = FileSource(path, clock)
        assert await read(source) == []
        assert source.progress.ended
        assert source.newest_us == 0


class TestTime:
    async def test_batches_are_bounded_and_the_cursor_is_the_newest(self, path, clock):
        times = [AT_US + (i * 7919) % 2500 for i in range(2500)]
        path.write_bytes(b"\n".join(map(identity, times)))
        batches = await read(FileSource(path, clock))
        assert [len(batch.changes) for batch in batches] == [1000, 1000, 500]
        assert [batch.cursor for batch in batches] == [
            max(times[:1000]),
            max(times[:2000]),
            max(times),
        ]
        assert {batch.source for batch in batches} == {"file"}

    async def test_wild_clocks_do_not_make_now(self, path, clock):
        wall = clock.now_us()
        times = [AT_US, 5, 1_600_000_000_000_000, wall + DAY_US, wall + DAY_US + 1, 2**62, -1]
        path.write_bytes(b"\n".join(map(identity, times)))
        source = FileSource(path, clock)
        assert len(all_changes(await read(source))) == 2
        assert source.newest_us == wall + DAY_US
        assert source.progress.dropped == {"implausible_time": 5}

    async def test_a_cut_of_a_file_does_not_turn_time_back(self, path, clock):
        path.write_bytes(identity(AT_US))
        source = FileSource(path, clock)
        (batch,) = await read(source, cursor=AT_US + 5)
        assert batch.cursor == source.newest_us == AT_US + 5

    async def test_reading_twice_gives_the_same(self, path, clock):
        path.write_bytes(b"\n".join([identity(), b"{", identity(AT_US + 1)]) + b"\n")
        source = FileSource(path, clock)
        first = await read(source)
        assert await read(source, source.newest_us) == first
        assert source.progress.frames == 3

    async def test_a_reader_may_leave(self, path, clock):
        path.write_bytes(b"\n".join([identity()] * 5000))
        stream = FileSource(path, clock).batches(None)
        await anext(stream)
        await stream.aclose()


@pytest.mark.parametrize("name", ["absent.jsonl", "."])
def test_a_file_that_cannot_be_read(tmp_path, clock, name):
    with pytest.raises(BadInput, match="give a readable"):
        FileSource(tmp_path / name, clock)
