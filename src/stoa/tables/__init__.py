"""Public Community Notes files in and out, and what a run keeps between its phases."""
