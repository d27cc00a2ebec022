"""A table of likes and hates, written from tuples."""

import gzip

from stoa.tables.feedback_files import NAMES

TEXT = (
    "user_id\tvideo_id\ttime_ms\tis_click\tis_follow\tis_comment\tis_forward\tlong_view\t"
    "play_time_ms\tduration_ms\tcomment_stay_time\tis_profile_enter\tlabel\n"
    "9\t70\t7200000\t1\t0\t0\t0\t1\t12000\t10000\t500\t1\t1\n"
    "4\t71\t3600000\t0\t0\t0\t1\t0\t900\t0\t0\t0\t1\n"
    "9\t72\t3600000\t0\t1\t1\t0\t0\t1500\t20000\t0\t0\t0\n"
)


def write_text(folder, text=TEXT, name="feedback.tsv"):
    folder.mkdir(exist_ok=True)
    data = text.encode()
    (folder / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return folder


def write_rows(folder, rows):
    """Rows of dictionaries: user_id, time_ms and label, anything else 0 unless it is said."""
    names = ("video_id", *NAMES)
    lines = ["\t".join(str(row.get(name, 0)) for name in names) for row in rows]
    return write_text(folder, "\n".join(["\t".join(names), *lines, ""]))
