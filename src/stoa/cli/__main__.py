"""`python -m stoa.cli`, the same as `stoa`."""

from stoa.cli import main

main()
