"""Word search behind the LexicalIndex port: tantivy, and its twin in SQLite."""

from stoa.lexical.fts_index import FtsIndex
from stoa.lexical.tantivy_index import TantivyIndex
from stoa.lexical.words import words

__all__ = ["FtsIndex", "TantivyIndex", "words"]
