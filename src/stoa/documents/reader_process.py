"""The process that reads PDF, HTML and Markdown: `python -m stoa.documents.reader_process`.

A file can be made so that reading it takes for ever or takes all memory. It is read here, under
limits that the system enforces, and the parent ends this process when it takes too long. One JSON
object a line on stdin (`path`, `kind`), one on stdout (`text`, `headings`, `about`, or `problem`).
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

from stoa.documents.decoding import decode
from stoa.documents.front_matter import split_front_matter
from stoa.documents.hypertext import Page, read_page
from stoa.documents.markdown import read_markdown
from stoa.errors import BadInput

MEMORY_BYTES = 2 * 1024**3
MAX_CHARACTERS = 5_000_000


def answer(path: Path, kind: str) -> dict[str, Any]:
    """What a file holds, as JSON; a file that does not read is told, never raised."""
    try:
        page = _read(path, kind)
    except BadInput as problem:
        return {"problem": problem.mend}
    except MemoryError:
        return {"problem": "it takes too much memory to read"}
    except RecursionError:
        return {"problem": "it is nested too deep to read"}
    except OSError as problem:
        return {"problem": problem.strerror or "it cannot be read"}
    except Exception as problem:  # a parser met a file it was not made for
        return {"problem": f"it is damaged ({type(problem).__name__})"}
    headings = [[heading.start, heading.words] for heading in page.headings]
    return {"text": page.text, "headings": headings, "about": page.about}


def _read(path: Path, kind: str) -> Page:
    if kind == "pdf":
        from stoa.documents.pdf import read_pdf

        return read_pdf(path, MAX_CHARACTERS)
    text = decode(path.read_bytes(), is_html=kind == "html")
    if kind == "html":
        return read_page(text)
    about, body = split_front_matter(text)
    page = read_markdown(body)
    return Page(page.text, page.headings, page.about | about)


def _limit_memory() -> None:
    """Where the system can: more than this is no document."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def main() -> None:
    """Answers line by line until stdin ends."""
    _limit_memory()
    logging.disable()  # parsers complain on stderr about every damaged object
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        wanted = json.loads(line)
        sys.stdout.write(json.dumps(answer(Path(wanted["path"]), wanted["kind"])) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
