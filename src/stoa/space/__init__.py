"""Vectors as mathematics: exact search, int8 codes, grouping, conversations, and who engaged."""
