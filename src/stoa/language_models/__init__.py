"""Chat endpoints and pair encoders behind their ports."""
