"""Training: plain loops over arrays; hands out losses, reads no file."""
