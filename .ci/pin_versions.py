"""Writes the exact versions of requirements.lock into pyproject.toml as constraints.

Run by `just lock`. A marker is kept only where one package has several versions.
"""

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^([A-Za-z0-9_.\-]+)(==[^ \\;]+)(?: ; ([^\\]+?))? ?\\?$", re.MULTILINE)


def main() -> None:
    """Replaces the list under `constraint-dependencies`."""
    pins = defaultdict(list)
    for name, version, marker in PIN.findall((ROOT / "requirements.lock").read_text()):
        pins[name].append((name + version, marker.strip()))
    lines = [
        pin + (f" ; {marker}" if len(several) > 1 else "")
        for _, several in sorted(pins.items())
        for pin, marker in several
    ]
    project = (ROOT / "pyproject.toml").read_text()
    start = project.index("constraint-dependencies = [")
    end = project.index("]\n", start) + 2
    listed = "".join(f'  "{line}",\n' for line in lines)
    written = f"{project[:start]}constraint-dependencies = [\n{listed}]\n{project[end:]}"
    (ROOT / "pyproject.toml").write_text(written)


if __name__ == "__main__":
    main()
