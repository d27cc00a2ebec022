"""The life of a note: from being written to being shown, recomputed and verified."""
