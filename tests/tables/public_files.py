"""Small public files in text, to write, cut, pack and damage."""

from pathlib import Path

from stoa.tables.layouts import ENROLLMENT, HISTORY, NOTES, RATINGS, Layout
from stoa.tables.public import read_public

MISLEADING = "MISINFORMED_OR_POTENTIALLY_MISLEADING"
DEFAULTS = {"participantId": "A", "noteAuthorParticipantId": "A", "raterParticipantId": "B"}
ZEROS = {
    *RATINGS.columns[3:8],
    *RATINGS.columns[9:31],
    *NOTES.columns[8:21],
    "isMediaNote",
    "isCollaborativeNote",
}


def line(layout: Layout, **cells: object) -> str:
    """One row; what is not given is a plain value."""
    plain = {
        "createdAtMillis": "1720000000000",
        "tweetId": "7",
        "classification": MISLEADING,
        "helpfulnessLevel": "HELPFUL",
        "ratedOnTweetId": "7",
        "ratingSourceBucketed": "DEFAULT",
        "enrollmentState": "earnedIn",
        "successfulRatingNeededToEarnIn": "5",
        "timestampOfLastStateChange": "1700000000000",
        "timestampOfLastEarnOut": "1",
        "modelingPopulation": "CORE",
        "modelingGroup": "13",
        "numberOfTimesEarnedOut": "0",
        **DEFAULTS,
    }
    row = {c: "0" if c in ZEROS else plain.get(c, "") for c in layout.columns}
    row |= {name: str(value) for name, value in cells.items()}
    assert list(row) == list(layout.columns)
    return "\t".join(row.values())


def table(layout: Layout, rows: list[str]) -> bytes:
    return "\n".join(["\t".join(layout.columns), *rows, ""]).encode()


class Folder:
    """The four files of one snapshot; each may be replaced by bytes or by several files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: dict[str, list[Path]] = {}
        self.put("notes", table(NOTES, [line(NOTES, noteId=1), line(NOTES, noteId=2)]))
        self.put("ratings", table(RATINGS, [line(RATINGS, noteId=1), line(RATINGS, noteId=2)]))
        self.put("history", table(HISTORY, [line(HISTORY, noteId=1)]))
        self.put("enrollment", table(ENROLLMENT, [line(ENROLLMENT)]))

    def put(self, kind: str, *contents: bytes, suffix: str = ".tsv") -> None:
        self.files[kind] = []
        for i, content in enumerate(contents):
            path = self.path / f"{kind}-{i}{suffix}"
            path.write_bytes(content)
            self.files[kind].append(path)

    def read(self):
        return read_public(*(self.files[k] for k in ("notes", "ratings", "history", "enrollment")))
