"""Stoa: an open public square that anyone can run."""
