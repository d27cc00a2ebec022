"""What people who usually disagree agree on: rating factorisation and the rules made of it.

Pure mathematics on arrays. The specification's sections are named in each file; the map of the
published scorer's components to functions here is `docs/reference/notes-map.md`.
"""

from stoa.bridging.estimator import BridgingModel

__all__ = ["BridgingModel"]
