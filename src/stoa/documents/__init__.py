"""Primary documents from files: text, Markdown, HTML, PDF."""

from stoa.documents.folder import Reading, Skipped, read_document, read_documents, read_folder

__all__ = ["Reading", "Skipped", "read_document", "read_documents", "read_folder"]
