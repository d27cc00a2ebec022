"""Primary documents from files: text, Markdown, HTML, PDF."""

from stoa.documents.folder import Reading, Skipped, read_document, read_documents, read_folder
from stoa.documents.shelf import DocumentShelf, Shelved

__all__ = [
    "DocumentShelf",
    "Reading",
    "Shelved",
    "Skipped",
    "read_document",
    "read_documents",
    "read_folder",
]
