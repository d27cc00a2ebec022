"""Models, losses and value in seconds: arrays and records in, arrays and records out."""
