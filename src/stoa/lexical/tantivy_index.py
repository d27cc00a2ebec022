"""`LexicalIndex` by tantivy: what the square uses."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Document, FieldType, Occur, Query

from stoa.errors import IndexDamaged, StoreBusy, StoreError, StoreFull
from stoa.lexical.columns import (
    Found,
    best_first,
    is_empty_window,
    nothing_found,
    query_words,
)
from stoa.lexical.tantivy_files import check_files
from stoa.lexical.waiting import Waiting
from stoa.lexical.words import WORDS_VERSION, words

_HEAP_BYTES = 30_000_000
"""What the writer gathers before it writes a segment; 15 MB is the least that tantivy takes."""

_WORDS = f"words{WORDS_VERSION}"
"""Name of the field: an index of other words has another schema, and does not open."""

_MORE_FOR_TIES = 32
_INT64 = np.iinfo(np.int64)


class TantivyIndex(Waiting):
    """BM25 by tantivy over folded words (see `lexical.words`).

    A kill at any moment leaves the last commit. A folder that does not read is made anew, empty:
    the caller sees it by `len` and fills it from its own store. Safe for many threads; a process
    that only reads may look into a folder that another one writes.
    """

    def __init__(self, folder: Path | None = None, *, read_only: bool = False) -> None:
        """Opens or makes the folder; None keeps everything in memory.

        Raises:
            StoreBusy: another process writes there.
            StoreError: the folder cannot be made, or, to be read only, does not read.
        """
        super().__init__()
        self._schema = _schema()
        self._index = self._open(folder, read_only)
        self._writer = None if read_only else self._open_writer()
        self._searcher = self._index.searcher()
        self._newest = self._newest_held()

    def commit(self) -> None:
        """Makes what was put and removed visible and durable.

        Raises:
            StoreFull: the disk refused; what was committed before is kept, the rest waits.
        """
        with self._lock:
            if not self._waiting:
                return
            if self._writer is None:
                raise StoreError("the word index was opened to be read only")
            try:
                for key, row in self._waiting.items():
                    self._write(key, row)
                self._writer.commit()
                self._index.reload()
            except (ValueError, OSError) as problem:
                self._writer = None  # a writer that failed once takes nothing any more
                self._writer = self._open_writer()
                raise StoreFull(f"the word index could not be written ({problem})") from problem
            self._searcher = self._index.searcher()
            self._newest = max(self._newest, *self._waiting)
            self._waiting.clear()

    def search(
        self, query: str, k: int, since_us: int | None = None, until_us: int | None = None
    ) -> Found:
        """The k best keys and their scores; see `LexicalIndex`. Both ends of a window count.

        Raises:
            StoreError: the files were damaged while they were open.
        """
        wanted = query_words(query)
        searcher = self._searcher  # a commit beside us puts another in its place
        n_held = searcher.num_docs
        if not wanted or k <= 0 or n_held == 0 or is_empty_window(since_us, until_us):
            return nothing_found()
        asked = self._any_of(wanted, since_us, until_us)
        try:
            # Equal scores at the cut: all of them are looked at, so that the least keys stay.
            limit = k + _MORE_FOR_TIES
            hits = searcher.search(asked, limit, count=False).hits
            while len(hits) == limit and limit < n_held and hits[-1][0] >= hits[k - 1][0]:
                limit *= 4
                hits = searcher.search(asked, limit, count=False).hits
            keys = searcher.fast_field_values("key", [address for _, address in hits])
        except (ValueError, OSError) as problem:
            raise StoreError(f"the word index does not read ({problem})") from problem
        rows = zip(keys, hits, strict=True)
        return best_first(((int(key or 0), float(score)) for key, (score, _) in rows), k)

    def held(self) -> NDArray[np.int64]:
        """All keys that searches may find, in order."""
        searcher = self._searcher
        if searcher.num_docs == 0:
            return np.zeros(0, dtype=np.int64)
        hits = searcher.search(Query.all_query(), searcher.num_docs, count=False).hits
        keys = searcher.fast_field_values("key", [address for _, address in hits])
        return np.sort(np.array(keys, dtype=np.int64))

    def close(self) -> None:
        """Ends the writer and lets the folder go; what was not committed is lost."""
        with self._lock:
            writer, self._writer = self._writer, None
            if writer is not None:
                writer.wait_merging_threads()

    def __len__(self) -> int:
        return self._searcher.num_docs

    def _open(self, folder: Path | None, read_only: bool) -> tantivy.Index:
        if folder is None:
            return tantivy.Index(self._schema)
        try:
            if not read_only:
                folder.mkdir(parents=True, exist_ok=True)
            return self._opened(folder, read_only)
        except (ValueError, OSError, IndexDamaged) as problem:
            if read_only or not folder.is_dir():
                raise StoreError(f"no word index in {folder.name} ({problem})") from problem
        self._empty(folder)
        return tantivy.Index(self._schema, path=str(folder))

    def _opened(self, folder: Path, read_only: bool) -> tantivy.Index:
        if (folder / "meta.json").exists():
            check_files(folder)
        elif read_only:
            raise FileNotFoundError("meta.json")
        index = tantivy.Index(self._schema, path=str(folder))
        index.searcher()
        return index

    def _empty(self, folder: Path) -> None:
        """Throws a damaged index away, unless somebody else writes it."""
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _open_writer(self) -> tantivy.IndexWriter:
        try:
            return self._index.writer(_HEAP_BYTES, 1)
        except ValueError as problem:
            if "LockBusy" in str(problem):
                raise StoreBusy("another process writes the word index") from problem
            raise StoreError(f"the word index cannot be written ({problem})") from problem

    def _newest_held(self) -> int:
        if self._searcher.num_docs == 0:
            return _INT64.min
        first = self._searcher.search(Query.all_query(), 1, count=False, order_by_field="key")
        return int(first.hits[0][0])

    def _write(self, key: int, row: tuple[str, int] | None) -> None:
        assert self._writer is not None
        if key <= self._newest:  # greater ones are not here: ids of posts grow
            self._writer.delete_documents_by_term("key", key)
        if row is None:
            return
        text, at_us = row
        document = Document()
        document.add_integer("key", key)
        document.add_integer("at_us", at_us)
        document.add_text(_WORDS, " ".join(words(text)))
        self._writer.add_document(document)

    def _any_of(self, wanted: list[str], since_us: int | None, until_us: int | None) -> Query:
        terms = [Query.term_query(self._schema, _WORDS, word, "freq") for word in wanted]
        asked = Query.boolean_query([(Occur.Should, term) for term in terms])
        if since_us is None and until_us is None:
            return asked
        window = Query.range_query(self._schema, "at_us", FieldType.Integer, since_us, until_us)
        unscored = Query.const_score_query(window, 0.0)
        return Query.boolean_query([(Occur.Must, asked), (Occur.Must, unscored)])


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("key", indexed=True, fast=True)
    builder.add_integer_field("at_us", indexed=True, fast=True)
    # Words are folded and joined by spaces before; nothing but spaces cuts them again.
    builder.add_text_field(_WORDS, tokenizer_name="whitespace", index_option="freq")
    return builder.build()
