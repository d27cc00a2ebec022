"""Turns records into what templates print, so that no template ever decides anything."""
