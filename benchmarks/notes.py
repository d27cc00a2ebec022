"""Our notes scorer beside the published one: agreement, CPU time, memory, scale.

    python benchmarks/notes.py [--seed 0] [--differences FILE]     against the published outputs
    python benchmarks/notes.py --generate 600000                   time and memory on made input
    python benchmarks/notes.py --scale 1000000,10000000            time and memory per rating

Prints one JSON line. Scoring runs in a process of its own, whose CPU time and peak memory are what
the kernel says of it. `--generate` makes input with ../shared/tools/make_notes_data.py (which needs
pandas: fetched by uv for that run alone); `--scale` draws people of two camps straight into columns
and runs the core models on them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from notes_agreement import agreement

ROOT = Path(__file__).resolve().parents[1]
SHARED = next(
    (p / "shared" for p in ROOT.parents if (p / "shared" / "data").is_dir()), ROOT.parent / "shared"
)
ORACLE = SHARED / "data" / "notes-oracle-1500-s1"
KINDS = {
    "--notes": "notes",
    "--ratings": "ratings",
    "--status-history": "noteStatusHistory",
    "--enrollment": "userEnrollment",
}
TIMES = (
    *("--as-of", "1784073600000", "--previous-cutoff", "1784066400000"),
    *("--wall-clock", "2026-11-23T17:40:00Z"),
)
PUBLISHED = {
    "origin": "twitter/communitynotes at 273c895, measured on 2 cores on the same kind of input; "
    "figures as issue 4 gives them, not measured again here",
    "60k_ratings": {"cpu_s": 195, "peak_gb": 0.87},
    "595k_ratings": {"cpu_s": 1583, "peak_gb": 2.66},
}
X_SIZE = {"ratings": 206_000_000, "notes": 2_500_000, "raters": 1_400_000}


def measured(command: Sequence[str]) -> tuple[dict[str, Any], str]:
    """Runs a command; CPU seconds, wall seconds and peak memory of it, and what it printed."""
    began = time.perf_counter()
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert child.stdout is not None
    printed = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command[:6])} ... ended with status {child.returncode}")
    return {
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
        "wall_s": round(time.perf_counter() - began, 2),
        "peak_gb": round(usage.ru_maxrss * 1024 / 1e9, 3),
    }, printed


def score(folder: Path, out: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Scores a folder of public files as a user would, from nothing."""
    files: list[str] = []
    for flag, name in KINDS.items():
        found = sorted(folder.glob(f"{name}-*.tsv*"))
        if not found:
            raise SystemExit(f"{folder} has no {name} file; make input with --generate")
        files += [flag, *map(str, found)]
    for old in (out / "work").glob("models.*"):
        old.unlink()  # so that the first phase is computed, not read back
    command = [sys.executable, "-m", "stoa.cli", "notes", "score", *files, "--out", str(out)]
    command += [*TIMES, "--seed", str(asked.seed), "--threads", str(asked.threads), "--json"]
    figures, printed = measured(command)
    told = json.loads(printed)
    return figures | {"notes": told["notes"], "ratings": told["ratings"]}


def against_the_published(asked: argparse.Namespace) -> dict[str, Any]:
    """Agreement on the oracle, and what it took."""
    out = asked.build / "notes-oracle"
    took = score(ORACLE / "input", out, asked)
    figures, differences = agreement(ORACLE / "output", out)
    if asked.differences is not None:
        asked.differences.parent.mkdir(parents=True, exist_ok=True)
        asked.differences.write_text(json.dumps(differences, indent=1, default=str))
    return {"agreement": figures, "ours": took, "published": PUBLISHED}


def on_made_input(asked: argparse.Namespace) -> dict[str, Any]:
    """Time and memory on input of the shared generator."""
    n = asked.generate
    folder = asked.build / f"notes-{n}-11"
    if not (folder / "userEnrollment-00000.tsv").exists():
        folder.mkdir(parents=True, exist_ok=True)
        tool = str(SHARED / "tools" / "make_notes_data.py")
        size = ["--raters", str(n // 30), "--notes", str(n // 60), "--ratings", str(n)]
        uv = ["uv", "run", "--no-project", "--with", "pandas", "--with", "numpy", "python", tool]
        subprocess.run([*uv, *size, "--seed", "11", "--out", str(folder)], check=True, stdout=2)
    took = score(folder, asked.build / f"notes-{n}-out", asked)
    beside = PUBLISHED["595k_ratings"]
    return {
        "ours": took,
        "published": PUBLISHED,
        "cpu_share": round(took["cpu_s"] / beside["cpu_s"], 4),
        "memory_share": round(took["peak_gb"] / beside["peak_gb"], 4),
    }


def at_scale(asked: argparse.Namespace) -> dict[str, Any]:
    """Time and memory of the core models, size by size, and what X's size would take."""
    runs = []
    for n in asked.scale:
        script = str(Path(__file__).with_name("notes_scale.py"))
        command = [sys.executable, script, str(n), "--seed", str(asked.seed)]
        took, printed = measured([*command, "--threads", str(asked.threads)])
        runs.append({"ratings": n} | took | json.loads(printed))
        print(json.dumps(runs[-1]), file=sys.stderr)
    return {"runs": runs, "extrapolation": extrapolated(runs)}


def extrapolated(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """X's size from the largest run; memory as bytes a rating on top of what people and notes take.

    Assumes that time a rating stays what it was in the largest run (every pass is linear in
    ratings, and the number of rounds has no trend in size), that memory beyond the interpreter's
    grows with ratings alone, and that notes and raters keep their share of it.
    """
    largest, smallest = max(runs, key=_ratings), min(runs, key=_ratings)
    n = X_SIZE["ratings"]
    per_rating = largest["peak_gb"] * 1e9 / largest["ratings"]
    if largest is not smallest:
        span = largest["ratings"] - smallest["ratings"]
        per_rating = (largest["peak_gb"] - smallest["peak_gb"]) * 1e9 / span
    more = n - largest["ratings"]
    return {
        **X_SIZE,
        "cpu_s": round(largest["scoring_cpu_s"] / largest["ratings"] * n),
        "peak_gb": round(largest["peak_gb"] + more * per_rating / 1e9, 1),
        "assumes": "CPU seconds a rating as in the largest run; bytes a rating as between the "
        "smallest and the largest run; core models only; X's numbers as issue 4 gives them",
    }


def _ratings(run: dict[str, Any]) -> int:
    return run["ratings"]


def main() -> None:
    """Reads flags, prints one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--differences", type=Path, help="write every difference here, as JSON")
    parser.add_argument("--generate", type=int, help="ratings to make and score")
    parser.add_argument(
        "--scale", type=lambda text: [int(n) for n in text.split(",")], help="sizes, with commas"
    )
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    asked = parser.parse_args()
    if asked.scale:
        figures = at_scale(asked)
    elif asked.generate:
        figures = on_made_input(asked)
    else:
        figures = against_the_published(asked)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(json.dumps({"benchmark": "notes", "seed": asked.seed, "machine": machine, **figures}))


if __name__ == "__main__":
    main()
