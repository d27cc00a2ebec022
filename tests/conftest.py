"""What every test may ask for."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data beside the checkout; tests that need it skip where it is absent."""
    default = Path(__file__).parents[1].parent / "shared" / "data"
    folder = Path(os.environ.get("STOA_SHARED", default))
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}; set STOA_SHARED to its folder")
    return folder
