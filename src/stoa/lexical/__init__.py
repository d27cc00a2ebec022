"""Word search behind the LexicalIndex port: tantivy, and its twin in SQLite."""
