import pytest
from tests.tables.public_files import Folder


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture(scope="session")
def oracle(shared_data):
    """What the published scorer made of a small synthetic snapshot."""
    found = shared_data / "notes-oracle-1500-s1"
    if not found.is_dir():
        pytest.skip(f"no oracle run at {found}; see STOA_SHARED")
    return found
