# Everything a developer runs, in one place; CI runs the same recipes.

setup:
    uv sync --all-groups

check:
    uv run --group lint ruff check .
    uv run --group lint ruff format --check .
    uv run --group lint pyright
    uv run --group lint lint-imports
    uv run --group lint codespell src docs README.md CHANGELOG.md

test:
    uv run pytest

# The laws again, on new and more examples than the suite's fixed ones.
explore:
    STOA_HYPOTHESIS_PROFILE=explore uv run pytest

# Slow and browser tests too; what CI runs after the README's command.
test-all:
    uv run --group browser --group peers --group ask-peers pytest -m "not long and not gpu and not network"

# Studies and laws at length: half a minute of a core or more each, so that CI stays under twenty minutes.
long:
    STOA_FUZZED_DRAFTS=10000 uv run pytest -o timeout=900 -m "long"

# Newer versions: lifts the pins, resolves, writes the hashes and the pins anew.
lock:
    sed -i '/^constraint-dependencies = \[/,/^]/c\constraint-dependencies = [\n]' pyproject.toml
    uv lock --upgrade
    uv export --quiet --all-groups --no-emit-project --no-annotate -o requirements.lock
    python .ci/pin_versions.py

serve:
    uv run stoa up

demo:
    uv run stoa up --from town

# Every page and state, to be looked at; `best` makes the README's three anew.
screenshots folder="build/screenshots":
    uv run --group browser python -m tests.browser.screenshots {{folder}}

best:
    uv run --group browser python -m tests.browser.screenshots --best docs/screenshots

bench:
    uv run python benchmarks/ingest.py
    uv run --group peers python benchmarks/page.py
    uv run python benchmarks/load.py
    uv run python benchmarks/crash.py
    uv run python benchmarks/town.py
