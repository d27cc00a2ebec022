"""What every test may ask for."""

import os
from pathlib import Path

# As `stoa` does, before NumPy loads: threads under each small product only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Tests run each compiled function a few times: compiling it well costs more than it saves.
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "true")
# What one process of a run compiled, the others load: the workers of this run, the squares that
# they start, and the next run. `pytest --cache-clear` empties the folder.
os.environ.setdefault(
    "JAX_COMPILATION_CACHE_DIR", str(Path(__file__).parents[1] / ".pytest_cache" / "d" / "compiled")
)
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")

import pytest
from hypothesis import HealthCheck, settings

# Tests assert behaviour, never wall time: a busy machine is no failure.
# The same examples each run: a change is judged by what it changed. `just explore` draws new ones.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.register_profile(
    "explore", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=400
)
settings.load_profile(os.environ.get("STOA_HYPOTHESIS_PROFILE", "house"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data beside the checkout; tests that need it skip where it is absent."""
    default = Path(__file__).parents[1].parent / "shared" / "data"
    folder = Path(os.environ.get("STOA_SHARED", default))
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}; set STOA_SHARED to its folder")
    return folder
