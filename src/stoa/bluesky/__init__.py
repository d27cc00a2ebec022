"""Speaks with Bluesky: reads its public events and records, and answers it as a feed."""
