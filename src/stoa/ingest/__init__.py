"""The event flow: what a network or a reader did becomes state, vectors and caches."""

from stoa.ingest.acts import Acts
from stoa.ingest.intake import Intake

__all__ = ["Acts", "Intake"]
