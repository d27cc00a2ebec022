"""Primary documents from files: text, Markdown, HTML, PDF."""
